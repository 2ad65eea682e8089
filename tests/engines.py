"""Optimisers that behave badly, in the place of the real one: ``python -m tests.engines NAME PARENT MEMORY_MB``.

The process around them is the real ``service.solving.child``.
"""

import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from threading import Event

from routing import (
    InvalidProblem,
    Issue,
    Plan,
    Reason,
    ReasonCode,
    SolverFailed,
    Unassigned,
    UnassignedClass,
    summarise,
)
from service.solving.child import Show, main, stop_asked
from service.solving.frames import Task

REASON = Reason(ReasonCode.NOT_WORTH_IT, "this optimiser never sends anybody out")


def command(name: str) -> list[str]:
    """How a supervisor starts the optimiser of that name."""
    return [sys.executable, "-m", "tests.engines", name]


def leave_out(task: Task) -> Plan:
    """The plan in which nobody goes anywhere: true, and as bad as can be."""
    absent = tuple(
        Unassigned(visit.id, UnassignedClass.NOT_WORTH_IT, (REASON,))
        for visit in task.problem.visits
        if visit.id not in task.problem.fact_visits
    )
    return Plan((), absent, summarise(task.problem, (), absent))


def lazy(task: Task, show: Show) -> Plan:
    """Comes to an end at once."""
    show(leave_out(task))
    return leave_out(task)


def patient(task: Task, show: Show) -> Plan:
    """Has a plan at once and looks for a better one until told to stop."""
    return _wait(task, show, lambda elapsed: elapsed > task.seconds or stop_asked())


def deaf(task: Task, show: Show) -> Plan:
    """Has a plan at once, and neither a limit nor an ear."""
    return _wait(task, show, lambda _: False)


def mute(task: Task, show: Show) -> Plan:  # noqa: ARG001
    """The same without ever having a plan."""
    return _wait(task, lambda _: None, lambda _: False)


def mortal(task: Task, show: Show) -> Plan:
    """Has a plan and dies."""
    show(leave_out(task))
    os.kill(os.getpid(), signal.SIGKILL)
    return leave_out(task)


def careless(task: Task, show: Show) -> Plan:  # noqa: ARG001
    """Ends with an error that nobody thought of."""
    raise ZeroDivisionError


def greedy(task: Task, show: Show) -> Plan:  # noqa: ARG001
    """Takes all memory there is, as Python does."""
    hoard = [bytearray(1 << 24)]
    while True:
        hoard.append(bytearray(1 << 24))


def native(task: Task, show: Show) -> Plan:  # noqa: ARG001
    """Takes all memory there is, as a C++ library does."""
    os.write(2, b"terminate called after throwing an instance of 'std::bad_alloc'\n")
    os.abort()


def strict(task: Task, show: Show) -> Plan:  # noqa: ARG001
    """Finds fault with the problem."""
    raise InvalidProblem((Issue("inconsistent", "/visits/0", "makes no sense", "change it"),))


def hopeless(task: Task, show: Show) -> Plan:  # noqa: ARG001
    """Finds no plan, and says what it lives in."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    raise SolverFailed(f"nice {os.nice(0)}, memory {limit >> 20} MB, parent {os.getppid()}, threads {task.threads}")


def lying(task: Task, show: Show) -> Plan:  # noqa: ARG001
    """Loses every visit."""
    return Plan((), (), summarise(task.problem, (), ()))


def talkative(task: Task, show: Show) -> Plan:
    """Writes all over its standard output."""
    sys.stdout.write("hello\n" * 10_000)
    sys.stdout.flush()
    os.write(1, b"\0" * 100_000)
    return lazy(task, show)


def busy(task: Task, show: Show) -> Plan:
    """Finds more plans than anybody wants to see."""
    for _ in range(5000):
        show(leave_out(task))
    return leave_out(task)


def _wait(task: Task, show: Show, over: Callable[[float], bool]) -> Plan:
    begun = time.monotonic()
    show(leave_out(task))
    while not over(time.monotonic() - begun):
        Event().wait(0.01)
    return leave_out(task)


ENGINES = (lazy, patient, deaf, mute, mortal, careless, greedy, native, strict, hopeless, lying, talkative, busy)

if __name__ == "__main__":
    name, parent, memory_mb = sys.argv[1:]
    main(int(parent), int(memory_mb), next(engine for engine in ENGINES if engine.__name__ == name))
