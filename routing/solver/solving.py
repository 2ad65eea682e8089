"""What an engine is given: the problem as arrays, a first plan, and how long it may take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from routing.solver.crew import Crew
from routing.solver.encode import encode
from routing.solver.encoding import Encoding
from routing.solver.limits import Clock, Limits
from routing.solver.recorder import Recorder
from routing.timetable.bounds import Bounds


@dataclass(frozen=True, slots=True)
class Solving:
    """One solve.

    Attributes
    ----------
    recorder
        Holds the first plan, and is offered every better one.
    encoding, crew
        The problem as arrays, and its searchers, of which the first stands at the first plan.
    limits, clock
        When to end, and when the solve began.
    """

    recorder: Recorder
    encoding: Encoding
    crew: Crew
    limits: Limits
    clock: Clock

    @property
    def has_work(self) -> bool:
        """Whether there is anything to plan, and anybody to plan it for."""
        return len(self.encoding.instance.visits) > 0 and len(self.encoding.instance.shifts) > 0


def begin_solving(
    recorder: Recorder,
    orders: Mapping[str, Sequence[str]],
    agreed: Mapping[str, Bounds],
    limits: Limits,
    clock: Clock,
    threads: int,
) -> Solving:
    """Encode a problem and make the first plan: some orders that hold, as agreed, and whatever else fits."""
    encoding = encode(recorder.desk.problem)
    crew = Crew(encoding.instance, encoding.ties, threads, limits.seed)
    solving = Solving(recorder, encoding, crew, limits, clock)
    if solving.has_work:
        crew.begin(*encoding.begin(orders, agreed))
        recorder.take(encoding.orders(crew.best.rows), encoding.bounds(crew.best.rows, crew.best.bounds))
    else:
        recorder.take({}, {})
    return solving


class Engine(Protocol):
    """What a module of ``routing.solver.ENGINES`` offers."""

    def search(self, solving: Solving) -> None:
        """Improve on the first plan until a limit is met, offering every better one to the recorder."""
