"""Visits and their pins."""

from collections.abc import Iterator
from itertools import pairwise

from routing.errors import Issue
from routing.problem import Problem, TimeWindow, Visit
from routing.validation.bounds import find_bad_moment, find_bad_place, find_disorder, find_outside, find_repeated
from routing.validation.ties import MOST_PEOPLE, of_after, of_loans


def of_visit(path: str, visit: Visit, problem: Problem) -> Iterator[Issue]:
    """Yield the faults of one visit."""
    yield from find_bad_place(f"{path}/location", visit.location, problem)
    yield from find_bad_moment(f"{path}/service_s", visit.service_s)
    if not visit.windows:
        yield Issue("required", f"{path}/windows", "has no time window", "send when service may start")
    for number, window in enumerate(visit.windows):
        yield from _of_window(f"{path}/windows/{number}", window)
    for number, (one, other) in enumerate(pairwise(visit.windows), start=1):
        if other.earliest <= one.latest:
            yield Issue(
                "inconsistent",
                f"{path}/windows/{number}/earliest",
                "begins before the window before it is over",
                "send the windows in their order, joined where they touch",
            )
    yield from find_outside(f"{path}/priority", visit.priority, 0, 100)
    if visit.deadline is not None:
        yield from find_bad_moment(f"{path}/deadline", visit.deadline)
    yield from find_repeated(f"{path}/skills", (need.name for need in visit.skills), "name")
    for number, need in enumerate(visit.skills):
        yield from find_outside(f"{path}/skills/{number}/level", need.level, 1, 100)
    yield from find_repeated(f"{path}/items", (item.sku for item in visit.items), "sku")
    for number, item in enumerate(visit.items):
        yield from find_outside(f"{path}/items/{number}/quantity", item.quantity, 1, 10**6)
    yield from of_loans(path, visit)
    yield from find_outside(f"{path}/people", visit.people, 1, MOST_PEOPLE)
    yield from of_after(path, visit, problem)


def _of_window(path: str, window: TimeWindow) -> Iterator[Issue]:
    yield from find_bad_moment(f"{path}/earliest", window.earliest)
    yield from find_bad_moment(f"{path}/latest", window.latest)
    yield from find_disorder(path, ("earliest", window.earliest), ("latest", window.latest))
    if window.close is not None:
        yield from find_bad_moment(f"{path}/close", window.close)
        yield from find_disorder(path, ("earliest", window.earliest), ("close", window.close))


def of_pins(problem: Problem) -> Iterator[Issue]:
    """Yield pins of no visit, or of one that has another, and impossible starts."""
    yield from find_repeated("/pins", (pin.visit for pin in problem.pins), "visit")
    for number, pin in enumerate(problem.pins):
        if pin.visit not in problem.visit_by_id and pin.visit not in problem.fact_visits:
            yield Issue("not_found", f"/pins/{number}/visit", f"there is no visit {pin.visit!r}", "leave the pin out")
        if pin.start is not None:
            yield from find_bad_moment(f"/pins/{number}/start", pin.start)
