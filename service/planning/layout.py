"""What a problem rests on before any job is looked at: its places, its shifts, and what of its routes stands."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from routing import Shift
from service.planning.calls import Call
from service.planning.data import PlanningData
from service.planning.documents import Document, epoch
from service.planning.horizon import Horizon
from service.planning.locations import Places
from service.planning.problems import build_frozen_shifts, build_shifts
from service.planning.standing import Scope, Standing, calls_of, route_shift, standing_of
from service.planning.stocks import Draw, draws_of
from service.planning.terms import Terms
from service.store.tables import TechnicianRow


@dataclass(frozen=True)
class Layout:
    """``standing`` is what stands, by shift; ``frozen`` are the shifts in which all stands: others planned them."""

    places: Places
    shifts: list[Shift]
    standing: dict[str, Standing]
    frozen: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        terms: Terms,
        data: PlanningData,
        technicians: Sequence[TechnicianRow],
        routes: Sequence[Document],
        scope: Scope,
        frozen: Sequence[Document] = (),
    ) -> "Layout":
        """The shifts of those technicians over the scope's days, and what of these routes stands by its freeze.

        ``frozen`` are routes of the same days that are not planned anew, whose people must not be met all the same.
        """
        places = Places(setup_s=terms.site_setup_s)
        standing = standing_of(routes, frozen, data, scope, places)
        shifts = build_shifts(data, technicians, scope.horizon, places, standing, scope.freeze_until)
        beside = build_frozen_shifts(data, [route_shift(route) for route in frozen], places, standing)
        shifts += beside
        names = frozenset(shift.id for shift in beside)
        return cls(places, shifts, {shift.id: standing[shift.id] for shift in shifts if shift.id in standing}, names)

    @cached_property
    def calls(self) -> dict[str, Call]:
        """The calls at depots that stand, by shift."""
        return calls_of(self.standing, self.shifts)

    def draws(self, data: PlanningData, routes: Sequence[Document], horizon: Horizon) -> list[Draw]:
        """What calls that stand in these routes have taken from depots; tools are back by the end of the shift."""
        origin, ends = epoch(horizon.origin), {shift.id: shift.last_end for shift in self.shifts}
        return [
            draw
            for route in routes
            if route_shift(route) in self.calls
            for draw in draws_of(route, data, stands=True, back_at=origin + ends[route_shift(route)])
        ]

    @cached_property
    def names(self) -> frozenset[str]:
        """Ids of the shifts."""
        return frozenset(shift.id for shift in self.shifts)

    @cached_property
    def stands_at(self) -> dict[str, int]:
        """Where each job is that stands."""
        return {fact.visit: fact.location for shift in self.shifts for fact in shift.facts if fact.visit}

    @cached_property
    def people_at(self) -> Counter[str]:
        """How many technicians stand at each job."""
        return Counter(fact.visit for shift in self.shifts for fact in shift.facts if fact.visit)
