"""Whether routes that take others' place keep what ties them: nobody meets, nothing is taken that is not there."""

from collections.abc import Mapping

from routing.fit.tied.capacity import is_overloaded
from routing.fit.tied.draws import Draw, draws_of, is_enough, stocks_of
from routing.fit.tied.ledger import Ledger
from routing.plan import Route


def is_sound(ledger: Ledger, changed: Mapping[str, Route], helped: Mapping[str, frozenset[str]]) -> bool:
    """Say whether nobody meets whom they must not, nothing is taken that is not there, and all can be carried.

    Parameters
    ----------
    changed
        Shift id -> the route that takes the place of what is planned there.
    helped
        For the same shifts, the teams whose goods another member brings.
    """
    return (
        ledger.find_meeting(changed) is None
        and has_stock(ledger, changed, helped)
        and not is_overloaded(ledger, changed, helped)
    )


def has_stock(ledger: Ledger, changed: Mapping[str, Route], helped: Mapping[str, frozenset[str]]) -> bool:
    """Say whether every shelf holds what is taken from it when these routes take their shifts' place."""
    problem = ledger.problem
    new: dict[tuple[str, str], list[Draw]] = {}
    for shift, route in changed.items():
        for shelf, draw in draws_of(problem, route, helped[shift]):
            new.setdefault(shelf, []).append(draw)
    for shelf, draws in new.items():
        before = ledger.draws(shelf)
        if all(draw in before for draw in draws):
            continue
        depot, sku = problem.depot_by_id[shelf[0]], shelf[1]
        others = [draw for draw in before if draw.shift not in changed]
        if not all(is_enough(stock, (*others, *draws)) for stock in stocks_of(depot, (sku,))):
            return False
    return True
