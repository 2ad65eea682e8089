"""The solver's own process: ``python -m service.solving.child PARENT MEMORY_MB``. Task in, better and better plans out.

It shares nothing with the service but two pipes, so that a solve can neither hold up a request nor take the
service's memory, and dies with its supervisor. Closing its input is the word to stop.
"""

import errno
import os
import resource
import select
import signal
import sys
import time
from typing import BinaryIO, Protocol

from routing import Plan
from service.solving.frames import Better, Failed, Finished, Task, read_task, write_frame
from service.solving.lifeline import tie_to_parent

BETWEEN_FRAMES_S = 0.1
"""A fast search finds thousands of better plans in its first second; nobody can look at them all."""

NICE = 10


class Solve(Protocol):
    """``routing.solver.solve`` with its limits made of the task."""

    def __call__(self, task: Task, show: "Show") -> Plan:
        """The best plan; raises InvalidProblem or SolverFailed."""
        ...


class Show(Protocol):
    """Who is told of each better plan."""

    def __call__(self, plan: Plan) -> None:
        """Take note of it."""
        ...


def main(parent: int, memory_mb: int, solve: Solve | None = None) -> None:
    """Solve one task; ``solve`` is the optimiser unless a test brings a worse one."""
    tie_to_parent(parent)
    for name in (signal.SIGINT, signal.SIGTERM):  # a terminal sends these to everybody; the supervisor decides
        signal.signal(name, signal.SIG_IGN)
    os.nice(NICE)
    most = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not end up among the frames
    try:
        answer = _work(read_task(sys.stdin.buffer), output, solve or _optimise)
    except (MemoryError, ImportError, OSError) as error:
        if not _lacks_memory(error):
            raise
        answer = Failed("out-of-memory", f"the solve needed more than {memory_mb} MB")
    write_frame(output, answer)


def _work(task: Task, output: BinaryIO, solve: Solve) -> Finished | Failed:
    from routing.errors import InvalidProblem, SolverFailed  # noqa: PLC0415

    shown = -BETWEEN_FRAMES_S

    def show(plan: Plan) -> None:
        nonlocal shown
        if time.monotonic() - shown >= BETWEEN_FRAMES_S:
            shown = time.monotonic()
            write_frame(output, Better(plan))

    try:
        return Finished(solve(task, show))
    except InvalidProblem as error:
        return Failed("invalid-problem", str(error), error.issues)
    except SolverFailed as error:
        return Failed("solver-failed", str(error))


def _optimise(task: Task, show: Show) -> Plan:
    from routing.solver import Limits, solve  # noqa: PLC0415  (the engines' libraries are large: after the memory limit)

    limits = Limits(seconds=task.seconds, threads=task.threads, seed=task.seed, stop=stop_asked)
    return solve(task.problem, limits, start=task.start, on_better=show, engine=task.engine)


def stop_asked() -> bool:
    """Whether the supervisor has closed our input."""
    return bool(select.select([0], [], [], 0)[0])


def _lacks_memory(error: BaseException) -> bool:
    """A library that finds no room to be mapped says so as an ImportError, or as one that could not be loaded."""
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM or "load shared object" in str(error)
    return isinstance(error, MemoryError) or "failed to map segment" in str(error) or "allocate memory" in str(error)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
