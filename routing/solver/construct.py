"""A complete, valid first plan at once, and the last touches to any plan."""

from collections.abc import Callable, Mapping

from routing.fit.insertion import Insertion
from routing.solver.draft import Draft

REGRETS = 3
"""How many alternatives of a visit are weighed: who has few good ones goes first."""


def fill(draft: Draft, is_over: Callable[[], bool]) -> None:
    """Plan the absent visits, always the one next that loses most by waiting (regret insertion).

    Parameters
    ----------
    draft
        Any draft; what is planned in it stays where it is.
    is_over
        Asked before each visit; once true, what is absent stays absent.
    """
    options: dict[str, dict[str, Insertion]] = {}
    choices: dict[str, tuple[tuple[int, int], str] | None] = {}
    for visit in _in_order(draft):
        if is_over():
            return
        options[visit] = {
            shift: insertion
            for shift in draft.possible_shifts(visit)
            if (insertion := draft.desk.insertion(visit, shift, draft.orders[shift])) is not None
        }
        choices[visit] = _regret(draft, visit, options[visit])
    while not is_over():
        # The first of equals, in the problem's order: dictionaries keep theirs.
        regrets = ((choice[0], visit, choice[1]) for visit, choice in choices.items() if choice is not None)
        chosen = max(regrets, key=lambda option: option[0], default=None)
        if chosen is None:
            return
        _, visit, shift = chosen
        draft.put(visit, shift, options.pop(visit)[shift].position)
        del choices[visit]
        for other, places in options.items():
            was_possible = shift in places
            if was_possible:
                # A place that is gone stays gone but for odd matrices; ``polish`` asks again.
                insertion = draft.desk.insertion(other, shift, draft.orders[shift])
                if insertion is None:
                    del places[shift]
                else:
                    places[shift] = insertion
            if was_possible or draft.problem.visit_by_id[other].items:
                choices[other] = _regret(draft, other, places)


def _regret(draft: Draft, visit: str, places: Mapping[str, Insertion]) -> tuple[tuple[int, int], str] | None:
    """Return what a visit loses if its best places go, and its best shift; None when no place is worth it."""
    limit = draft.price(visit)
    ranked = sorted(
        (place, shift) for shift, place in places.items() if place.cost < limit and draft.has_goods_for(visit, shift)
    )[:REGRETS]
    if not ranked:
        return None
    best, shift = ranked[0]
    costs = sum(place.cost for place, _ in ranked) + limit * (REGRETS - len(ranked))
    return (costs - REGRETS * best.cost, -best.cost), shift


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
