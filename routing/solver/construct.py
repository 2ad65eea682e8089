"""The last touches to a plan: what is absent is planned, what is cheaper elsewhere moves."""

from collections.abc import Callable

from routing.solver.draft import Draft

MOST_QUESTIONS = 20_000
"""How many pairs of a visit and a shift ``polish`` looks at: that takes a second or two."""


def polish(draft: Draft, is_over: Callable[[], bool]) -> None:
    """Plan what has a place, then take out what is not worth its place and move what is cheaper elsewhere.

    Every step lowers the cost, so this ends; ``is_over``, asked before each visit, or the number of questions ends
    it sooner.
    """
    looks = iter(range(MOST_QUESTIONS // max(1, len(draft.problem.shifts))))

    def is_enough() -> bool:
        return next(looks, None) is None or is_over()

    insert_absent(draft, is_enough)
    before = None
    while before != draft.orders:
        before = dict(draft.orders)
        for shift in draft.orders:
            draft.spare_call(shift)
            for visit in draft.orders[shift]:
                if is_enough():
                    return
                if visit in draft.orders[shift] and visit in draft.problem.visit_by_id:
                    _reconsider(draft, visit, shift)
        insert_absent(draft, is_enough)


def insert_absent(draft: Draft, is_over: Callable[[], bool]) -> None:
    """Plan the absent visits that have a place worth it, the most important first."""
    absent = [visit.id for visit in draft.problem.visits if visit.id in draft.absent]
    for visit in sorted(absent, key=draft.price, reverse=True):
        if is_over():
            return
        best = draft.find_best(visit)
        if best is not None and best[0].cost < draft.price(visit):
            draft.put(visit, best[1], best[0])


def _reconsider(draft: Draft, visit: str, shift: str) -> None:
    """Move one visit to its cheapest place, or out of the plan when that is cheaper still."""
    order = draft.orders[shift]
    with_it = draft.desk.line(shift, order).cost
    without = draft.desk.line(shift, draft.without(visit, shift)).cost
    if with_it is None or without is None:
        return
    draft.take_out(visit, shift)
    best = draft.find_best(visit)
    if best is not None and best[0].cost < min(with_it - without, draft.price(visit)):
        draft.put(visit, best[1], best[0])
    elif with_it - without <= draft.price(visit):
        draft.restore(shift, order)
