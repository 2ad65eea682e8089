"""What an engine is given."""

from dataclasses import dataclass
from typing import Protocol

from routing.solver.crew import Crew
from routing.solver.encode import Encoding
from routing.solver.limits import Clock, Limits
from routing.solver.recorder import Recorder


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


class Engine(Protocol):
    """What a module of ``routing.solver.ENGINES`` offers."""

    def search(self, solving: Solving) -> None:
        """Improve on the first plan until a limit is met, offering every better one to the recorder."""
