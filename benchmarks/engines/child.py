"""Each solve in a process of its own: what it loads, hoards or breaks does not disturb the next."""

import os
import re
import resource
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.engines import run
from benchmarks.engines.task import Answer, Task

STATUS = Path("/proc/self/status")
PATIENCE = (3, 120.0)
"""So many times its limit and so many seconds more an engine may take before it is ended."""


class EngineFailed(RuntimeError):
    """There is no answer; the text says why."""


def solve_apart(task: Task) -> Answer:
    """Run a task's engine in a fresh process."""
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(task, sender), daemon=True)
    process.start()
    sender.close()
    times, more = PATIENCE
    patience = None if task.seconds is None else times * task.seconds + more
    try:
        if not receiver.poll(patience):
            raise EngineFailed(f"had no end after {patience:.0f} s")
        outcome: Answer | str = receiver.recv()
    except EOFError:
        process.join()
        raise EngineFailed(f"its process ended with {process.exitcode}") from None
    finally:
        process.kill()
        process.join()
        receiver.close()
    if isinstance(outcome, str):
        raise EngineFailed(outcome)
    return outcome


def _work(task: Task, sender: Connection) -> None:
    _limit_memory()
    try:
        answer = run(task)
        outcome: Answer | str = Answer(answer.points, answer.seconds, _peak_mb())
    except Exception as error:
        outcome = f"{type(error).__name__}: {error}"
    sender.send(outcome)
    sender.close()


def _limit_memory() -> None:
    """Who asks for more than half of the machine's gets an error instead of ending others."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _peak_mb() -> int:
    """Largest resident memory of this process; of ``getrusage`` a child inherits what its parent had at its birth."""
    found = re.search(r"VmHWM:\s+(\d+) kB", STATUS.read_text()) if STATUS.is_file() else None
    kilobytes = int(found[1]) if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(kilobytes / 1024)
