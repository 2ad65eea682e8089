"""Sees that the search is compiled before the first run is begun: ``python -m service.solving.preparation PARENT``.

Set-up and the image have done it, for their processor. Elsewhere it takes most of a minute, longer than a run may last.
"""

import os
import subprocess
import sys

import structlog

from service.settings import inherited_environment
from service.solving.child import NICE
from service.solving.lifeline import tie_to_parent
from service.solving.process import ONE_THREAD

log = structlog.get_logger(__name__)


def prepare() -> None:
    """Wait until the search is compiled; a process of its own does it, for the libraries are large."""
    command = [sys.executable, "-m", "service.solving.preparation", str(os.getpid())]
    environment = inherited_environment(ONE_THREAD)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:  # a run will say what is wrong, or compile for itself
        log.error("search_not_compiled", last_words=done.stderr[-2000:])
    elif done.stdout:
        log.info("search_compiled", said=done.stdout.strip())


def main(parent: int) -> None:
    """Compile what is not compiled yet."""
    tie_to_parent(parent)
    os.nice(NICE)
    from routing.solver.compile import main as compile_search  # noqa: PLC0415  (numba is large)

    compile_search()


if __name__ == "__main__":
    main(int(sys.argv[1]))
