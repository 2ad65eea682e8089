"""What a visit costs at least in each shift: many shifts need not be looked at any closer."""

from collections.abc import Iterator

from routing.fit.tied.ideas import find_positions, stock_free_from
from routing.fit.tied.ledger import Ledger
from routing.problem import Shift, Visit


class Floors:
    """What a visit costs at least in a shift, whatever the times; empty shifts of one technician cost the same."""

    def __init__(self, ledger: Ledger, visit: Visit) -> None:
        self._ledger = ledger
        self._visit = visit
        self._empty: dict[tuple[str, int, int | None, bool], tuple[int, bool] | None] = {}

    def of(self, shift: Shift) -> int | None:
        """Return it for a shift, None where goods and prefixes leave no place."""
        if self._ledger.orders[shift.id] or shift.facts:
            found = self._find(shift)
        else:
            key = shift.technician, shift.start_location, shift.end_location, self._visit.planned == shift.id
            if key not in self._empty:
                self._empty[key] = self._find(shift)
            found = self._empty[key]
        if found is None:
            return None
        least, is_called = found
        return None if is_called and not self._is_in_stock(shift) else least

    def _find(self, shift: Shift) -> tuple[int, bool] | None:
        """What it costs at least, and whether it takes a new call at a depot."""
        ledger, visit = self._ledger, self._visit
        allowed = find_positions(ledger, visit, shift.id)
        if allowed is None:
            return None
        line = ledger.desk.line(shift.id, ledger.orders[shift.id], ledger.bounds[shift.id])
        call = line.frame.call(visit.id)
        if not allowed.call:
            return line.least_cost(call), False
        depots = (line.frame.call(depot.id) for depot in ledger.problem.depots)
        least = min((line.least_cost_with_call(call, depot) for depot in depots), default=None)
        return None if least is None else (least, True)

    def _is_in_stock(self, shift: Shift) -> bool:
        """Say whether some depot has by the end of the shift what the visit alone needs."""
        ledger, end = self._ledger, len(self._ledger.orders[shift.id])
        depots = ledger.problem.depots
        return any(stock_free_from(ledger, self._visit.id, shift.id, depot, end) <= shift.last_end for depot in depots)


def least_costs(ledger: Ledger, visit: Visit) -> Iterator[tuple[int, int]]:
    """Yield for each shift that may take a visit what it costs there at least, and its number."""
    floors = Floors(ledger, visit)
    for number, shift in enumerate(ledger.problem.shifts):
        if _is_open(shift, visit) and ledger.desk.may_stand(visit.id, shift.id):
            least = floors.of(shift)
            if least is not None:
                yield least, number


def _is_open(shift: Shift, visit: Visit) -> bool:
    return any(window.earliest <= shift.last_end and window.latest >= shift.start for window in visit.windows)
