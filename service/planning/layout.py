"""What a problem rests on before any job is looked at: its places, its shifts, and what of its routes stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from routing import Shift
from service.planning.calls import Call
from service.planning.data import PlanningData
from service.planning.documents import Document
from service.planning.locations import Places
from service.planning.problems import build_shifts
from service.planning.standing import Scope, Standing, calls_of, standing_of
from service.planning.terms import Terms
from service.store.tables import TechnicianRow


@dataclass(frozen=True)
class Layout:
    """``standing`` is what stands, by shift."""

    places: Places
    shifts: list[Shift]
    standing: dict[str, Standing]

    @classmethod
    def of(
        cls,
        terms: Terms,
        data: PlanningData,
        technicians: Sequence[TechnicianRow],
        routes: Sequence[Document],
        scope: Scope,
    ) -> "Layout":
        """The shifts of those technicians over the scope's days, and what of these routes stands by its freeze."""
        places = Places(setup_s=terms.site_setup_s)
        standing = standing_of(routes, data, scope, places)
        shifts = build_shifts(data, technicians, scope.horizon, places, standing, scope.freeze_until)
        return cls(places, shifts, {shift.id: standing[shift.id] for shift in shifts if shift.id in standing})

    @cached_property
    def calls(self) -> dict[str, Call]:
        """The calls at depots that stand, by shift."""
        return calls_of(self.standing, self.shifts)

    @cached_property
    def names(self) -> frozenset[str]:
        """Ids of the shifts."""
        return frozenset(shift.id for shift in self.shifts)

    @cached_property
    def stands_at(self) -> dict[str, int]:
        """Where each job is that stands."""
        return {fact.visit: fact.location for shift in self.shifts for fact in shift.facts if fact.visit}
