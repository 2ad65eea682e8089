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
from service.solving.process import LAST_WORDS, ONE_THREAD

SOON_S = 3.0

log = structlog.get_logger(__name__)


def prepare() -> None:
    """Wait until the search is compiled; a process of its own does it, for the libraries are large."""
    command = [sys.executable, "-m", "service.solving.preparation", str(os.getpid())]
    environment = inherited_environment(ONE_THREAD)
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:  # noqa: S603
        try:
            said, _ = process.communicate(timeout=SOON_S)
        except subprocess.TimeoutExpired:
            log.info("search_is_being_compiled", hint="nothing is planned before; it takes most of a minute, once")
            said, _ = process.communicate()
    if process.returncode != 0:  # a run will say what is wrong, or compile for itself
        log.error("search_not_compiled", last_words=said[-LAST_WORDS:].decode(errors="replace"))


def main(parent: int) -> None:
    """Compile what is not compiled yet."""
    tie_to_parent(parent)
    os.nice(NICE)
    from routing.solver.compile import main as compile_search  # noqa: PLC0415  (numba is large)

    compile_search()


if __name__ == "__main__":
    main(int(sys.argv[1]))
