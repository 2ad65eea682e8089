"""Rules that tie routes together: what follows what, faces, reserves, separation and stock."""

from collections.abc import Iterator
from itertools import pairwise

from routing.errors import Issue
from routing.problem import Depot, Problem, Visit
from routing.ties import Faces, Reserve, Separation
from routing.validation.bounds import (
    LAST_MOMENT_S,
    find_bad_moment,
    find_bad_place,
    find_disorder,
    find_outside,
    find_repeated,
)

MOST_PEOPLE = 4
"""The largest team."""

DEAREST = 10**9
"""Most that one meeting, or one person too few, may cost in hundredths."""

MOST_FACES = 10**4
FARTHEST_M = 10**7
MOST_PIECES = 10**6


def of_after(path: str, visit: Visit, problem: Problem) -> Iterator[Issue]:
    """Yield what is wrong with what comes before a visit."""
    yield from find_repeated(f"{path}/after", (after.visit for after in visit.after), "visit")
    for number, after in enumerate(visit.after):
        here = f"{path}/after/{number}"
        if after.visit == visit.id:
            yield Issue("inconsistent", f"{here}/visit", "is the visit itself", "leave it out")
        elif after.visit and after.visit not in problem.visit_by_id and after.visit not in problem.fact_visits:
            yield Issue(
                "not_found", f"{here}/visit", f"there is no visit {after.visit!r}", "send that visit, or leave it out"
            )
        yield from find_bad_moment(f"{here}/gap_s", after.gap_s)
        if after.most_gap_s is not None:
            yield from find_bad_moment(f"{here}/most_gap_s", after.most_gap_s)
            yield from find_disorder(here, ("gap_s", after.gap_s), ("most_gap_s", after.most_gap_s))


def of_cycles(problem: Problem) -> Iterator[Issue]:
    """Yield visits that would have to come after themselves, by way of others."""
    numbers = {visit.id: number for number, visit in enumerate(problem.visits)}
    before = {
        visit.id: [after.visit for after in visit.after if after.visit in numbers and after.visit != visit.id]
        for visit in problem.visits
    }
    _take_out_free(before)
    seen: set[str] = set()
    for name in before:
        way: dict[str, int] = {}
        here = name
        while here not in seen:
            seen.add(here)
            way[here] = len(way)
            here = next(other for other in before[here] if other in before)
        if here in way:
            cycle = [*list(way)[way[here] :], here]
            words = ", ".join(f"{one!r} after {other!r}" for one, other in pairwise(cycle))
            yield Issue(
                "inconsistent", f"/visits/{numbers[here]}/after", f"none can be first: {words}", "leave one out"
            )


def _take_out_free(before: dict[str, list[str]]) -> None:
    """Take out all visits that could be done one after the other; each that is left waits for one that is left."""
    waiting: dict[str, list[str]] = {}
    for visit, others in before.items():
        for other in others:
            waiting.setdefault(other, []).append(visit)
    left = {visit: len(others) for visit, others in before.items()}
    free = [visit for visit, count in left.items() if not count]
    while free:
        done = free.pop()
        del before[done]
        for visit in waiting.get(done, ()):
            left[visit] -= 1
            if not left[visit]:
                free.append(visit)


def of_faces(path: str, faces: Faces, problem: Problem) -> Iterator[Issue]:
    """Yield the faults of one set of visits with few faces."""
    for visit in sorted(faces.visits):
        if visit not in problem.visit_by_id and visit not in problem.fact_visits:
            yield Issue("not_found", f"{path}/visits", f"there is no visit {visit!r}", "leave it out")
    yield from find_outside(f"{path}/most", faces.most, 1, MOST_FACES)


def of_reserve(path: str, reserve: Reserve, problem: Problem) -> Iterator[Issue]:
    """Yield the faults of one reserve."""
    yield from find_outside(f"{path}/least", reserve.least, 0, MOST_FACES)
    yield from find_bad_moment(f"{path}/from_s", reserve.from_s)
    yield from find_bad_moment(f"{path}/until_s", reserve.until_s)
    yield from find_disorder(path, ("from_s", reserve.from_s), ("until_s", reserve.until_s))
    for index in sorted(reserve.near):
        yield from find_bad_place(f"{path}/near", index, problem)
    yield from find_outside(f"{path}/price", reserve.price, 0, DEAREST)


def of_separation(separation: Separation | None) -> Iterator[Issue]:
    """Yield the faults of the separation."""
    if separation is None:
        return
    yield from find_outside("/separation/radius_m", separation.radius_m, 0, FARTHEST_M, " m")
    yield from find_bad_moment("/separation/buffer_s", separation.buffer_s)
    yield from find_bad_moment("/separation/from_s", separation.from_s)
    for number, day in enumerate(separation.days):
        yield from find_bad_moment(f"/separation/days/{number}", day)
        if number and day <= separation.days[number - 1]:
            yield Issue(
                "inconsistent",
                f"/separation/days/{number}",
                f"{day} s does not lie after {separation.days[number - 1]} s",
                "send the midnights in their order, each once",
            )
    if separation.price is not None:
        yield from find_outside("/separation/price", separation.price, 0, DEAREST)


def of_stock(path: str, depot: Depot) -> Iterator[Issue]:
    """Yield the faults of what is at a depot."""
    yield from find_repeated(f"{path}/stock", (stock.sku for stock in depot.stock), "sku")
    for number, stock in enumerate(depot.stock):
        here = f"{path}/stock/{number}"
        if depot.offers is not None and stock.sku not in depot.offers:
            yield Issue(
                "inconsistent",
                f"{here}/sku",
                f"{stock.sku!r} is not offered at depot {depot.id!r}",
                "offer it, or leave its stock out",
            )
        yield from find_outside(f"{here}/on_hand", stock.on_hand, 0, MOST_PIECES)
        for place, arrival in enumerate(stock.arrivals):
            yield from find_bad_moment(f"{here}/arrivals/{place}/at", arrival.at)
            yield from find_outside(f"{here}/arrivals/{place}/quantity", arrival.quantity, 0, MOST_PIECES)


def of_teams(problem: Problem) -> Iterator[Issue]:
    """Yield teams in prefixes or with a shift before, and teams of which only a part stands."""
    teams = {visit.id for visit in problem.visits if visit.people > 1}
    for number, shift in enumerate(problem.shifts):
        for place, name in enumerate(shift.prefix):
            if name in teams:
                path = f"/shifts/{number}/prefix/{place}"
                detail = f"{name!r} is done by several people, a prefix is one shift's"
                yield Issue("inconsistent", path, detail, "leave it out of the prefix")
    for number, visit in enumerate(problem.visits):
        if visit.id in teams and visit.planned is not None:
            detail = "several people do it, a shift before is one technician's"
            yield Issue("inconsistent", f"/visits/{number}/planned", detail, "leave it out")
        stands = sum(fact.visit == visit.id for shift in problem.shifts for fact in shift.facts)
        if visit.id in teams and 0 < stands < visit.people:
            yield Issue(
                "inconsistent",
                f"/visits/{number}/people",
                f"{visit.people} people do it, yet it stands in {stands} shifts",
                "send it among the facts of each of them, or with fewer people",
            )


def of_loans(path: str, visit: Visit) -> Iterator[Issue]:
    """Yield loans that are not lent."""
    for number, item in enumerate(visit.items):
        if item.returned_after_s is not None:
            here = f"{path}/items/{number}/returned_after_s"
            yield from find_outside(here, item.returned_after_s, 1, LAST_MOMENT_S, " s")
