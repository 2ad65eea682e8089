"""A complete, valid first plan at once, and the last touches to any plan."""

from collections.abc import Callable
from heapq import nsmallest
from typing import NamedTuple

from routing.fit.insertion import Insertion
from routing.solver.draft import Draft

REGRETS = 3
"""How many alternatives of a visit are weighed: who has few good ones goes first."""


class Choice(NamedTuple):
    """What planning one visit next is about.

    ``regret`` is what the visit loses if its best places go; ``shifts`` are those places' shifts, the best first,
    and a place at ``beyond`` or dearer would not be among them.
    """

    regret: int
    cost: int
    shifts: tuple[str, ...]
    beyond: int


Places = dict[str, Insertion]
"""Shift -> the best place of one visit there."""


def fill(draft: Draft, is_over: Callable[[], bool]) -> None:
    """Plan the absent visits, always the one next that loses most by waiting (regret insertion).

    Parameters
    ----------
    draft
        Any draft; what is planned in it stays where it is.
    is_over
        Asked before each visit; once true, what is absent stays absent.
    """
    options: dict[str, Places] = {}
    choices: dict[str, Choice | None] = {}
    for visit in _in_order(draft):
        if is_over():
            return
        options[visit] = {
            shift: insertion
            for shift in draft.possible_shifts(visit)
            if (insertion := draft.desk.insertion(visit, shift, draft.orders[shift])) is not None
        }
        choices[visit] = _choose(draft, visit, options[visit])
    while not is_over():
        # The first of equals, in the problem's order: dictionaries keep theirs.
        wanted = ((choice.regret, -choice.cost, visit) for visit, choice in choices.items() if choice is not None)
        chosen = max(wanted, key=lambda option: option[:2], default=None)
        if chosen is None:
            return
        visit = chosen[2]
        choice = choices.pop(visit)
        if choice is None:
            return
        shift = choice.shifts[0]
        draft.put(visit, shift, options.pop(visit)[shift].position)
        for other, places in options.items():
            if _has_changed(draft, other, shift, places, choices[other]):
                choices[other] = _choose(draft, other, places)


def _has_changed(draft: Draft, visit: str, shift: str, places: Places, choice: Choice | None) -> bool:
    """Ask anew for the place of a visit in a shift that was just changed, and say whether its choice may differ."""
    needs_goods = bool(draft.problem.visit_by_id[visit].items)
    if shift not in places:
        return needs_goods
    insertion = draft.desk.insertion(visit, shift, draft.orders[shift])
    if insertion is None:
        # A place that is gone stays gone but for odd matrices; ``polish`` asks again.
        del places[shift]
    else:
        places[shift] = insertion
    is_near = insertion is not None and (choice is None or insertion.cost < choice.beyond)
    return needs_goods or is_near or (choice is not None and shift in choice.shifts)


def _choose(draft: Draft, visit: str, places: Places) -> Choice | None:
    """Rank the places of a visit; None when no place is worth it."""
    limit = draft.price(visit)
    worthy = (
        (place, shift) for shift, place in places.items() if place.cost < limit and draft.has_goods_for(visit, shift)
    )
    ranked = nsmallest(REGRETS, worthy)
    if not ranked:
        return None
    costs = [place.cost for place, _ in ranked] + [limit] * (REGRETS - len(ranked))
    return Choice(sum(costs) - REGRETS * costs[0], costs[0], tuple(shift for _, shift in ranked), costs[-1] + 1)


def _in_order(draft: Draft) -> list[str]:
    """The absent visits in the problem's order."""
    return [visit.id for visit in draft.problem.visits if visit.id in draft.absent]


def polish(draft: Draft, is_over: Callable[[], bool]) -> None:
    """Take out what is not worth its place, plan what has one, move what is cheaper elsewhere, until all is well.

    Every step lowers the cost, so this ends; ``is_over`` ends it sooner.
    """
    before = None
    while before != draft.orders and not is_over():
        before = dict(draft.orders)
        for shift in draft.orders:
            for visit in draft.orders[shift]:
                if is_over():
                    return
                _reconsider(draft, visit, shift)
        insert_absent(draft, is_over)


def insert_absent(draft: Draft, is_over: Callable[[], bool]) -> None:
    """Plan the absent visits that have a place worth it, the most important first."""
    for visit in sorted(_in_order(draft), key=draft.price, reverse=True):
        if is_over():
            return
        best = draft.find_best(visit)
        if best is not None and best[0].cost < draft.price(visit):
            draft.put(visit, best[1], best[0].position)


def _reconsider(draft: Draft, visit: str, shift: str) -> None:
    """Move one visit to its cheapest place, or out of the plan when that is cheaper still."""
    order = draft.orders[shift]
    with_it = draft.desk.line(shift, order).cost
    without = draft.desk.line(shift, tuple(other for other in order if other != visit)).cost
    if with_it is None or without is None:
        return
    draft.take_out(visit, shift)
    best = draft.find_best(visit)
    if best is not None and best[0].cost < min(with_it - without, draft.price(visit)):
        draft.put(visit, best[1], best[0].position)
    elif with_it - without <= draft.price(visit):
        draft.put(visit, shift, order.index(visit))
