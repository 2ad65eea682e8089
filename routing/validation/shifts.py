"""Shifts: their times, breaks, facts and prefixes, each and all together."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from routing.errors import Issue
from routing.problem import Break, Fact, Problem, Shift
from routing.validation.bounds import LAST_MOMENT_S, find_bad_moment, find_bad_place, find_disorder, find_outside
from routing.validation.ties import MOST_PEOPLE

MOST_BREAKS = 5
"""The timetable tries every order of a shift's breaks: 2 to the power of their number per stop."""


def of_shift(path: str, shift: Shift, problem: Problem) -> Iterator[Issue]:
    """Yield the faults of one shift."""
    if shift.technician not in problem.technician_by_id:
        yield Issue(
            "not_found",
            f"{path}/technician",
            f"there is no technician {shift.technician!r}",
            "send the technician or leave the shift out",
        )
    yield from find_bad_moment(f"{path}/start", shift.start)
    yield from find_bad_moment(f"{path}/end", shift.end)
    yield from find_disorder(path, ("start", shift.start), ("end", shift.end))
    yield from find_bad_moment(f"{path}/overtime_s", shift.overtime_s)
    yield from find_bad_moment(f"{path}/not_before", shift.not_before)
    yield from find_bad_place(f"{path}/start_location", shift.start_location, problem)
    if shift.end_location is not None:
        yield from find_bad_place(f"{path}/end_location", shift.end_location, problem)
    if shift.max_travel_s is not None:
        yield from find_bad_moment(f"{path}/max_travel_s", shift.max_travel_s)
    if len(shift.breaks) > MOST_BREAKS:
        yield Issue("too_long", f"{path}/breaks", f"has {len(shift.breaks)} breaks", f"send at most {MOST_BREAKS}")
    for number, pause in enumerate(shift.breaks):
        yield from _of_break(f"{path}/breaks/{number}", pause)
    yield from _of_facts(path, shift, problem)


def _of_break(path: str, pause: Break) -> Iterator[Issue]:
    yield from find_bad_moment(f"{path}/earliest", pause.earliest)
    yield from find_bad_moment(f"{path}/latest", pause.latest)
    yield from find_disorder(path, ("earliest", pause.earliest), ("latest", pause.latest))
    yield from find_outside(f"{path}/length_s", pause.length_s, 1, LAST_MOMENT_S, " s")


def _of_facts(path: str, shift: Shift, problem: Problem) -> Iterator[Issue]:
    if not shift.facts:
        if shift.departure is not None:
            yield Issue(
                "inconsistent",
                f"{path}/departure",
                "the route was begun, yet nothing of it stands",
                "send the facts, or no departure",
            )
        return
    if shift.departure is None:
        yield Issue(
            "required", f"{path}/departure", "a route with facts was begun at some moment", "send its departure"
        )
    else:
        yield from find_bad_moment(f"{path}/departure", shift.departure)
    before = ("departure", int(shift.departure or 0))
    for number, fact in enumerate(shift.facts):
        here = f"{path}/facts/{number}"
        yield from find_bad_place(f"{here}/location", fact.location, problem)
        for moment in _moments(fact):
            yield from find_bad_moment(f"{here}/{moment[0]}", moment[1])
            yield from find_disorder(here, before, moment)
            before = moment
        before = ("the end of the fact before", int(fact.end))
    yield from _of_calls(path, shift, problem)


def _moments(fact: Fact) -> tuple[tuple[str, int], ...]:
    return ("arrival", fact.arrival), ("start", fact.start), ("end", fact.end)


def _of_calls(path: str, shift: Shift, problem: Problem) -> Iterator[Issue]:
    called = False
    for number, fact in enumerate(shift.facts):
        if fact.depot is None:
            continue
        here = f"{path}/facts/{number}/depot"
        if fact.visit is not None:
            yield Issue("inconsistent", here, "is at a depot and at a visit", "send two facts, one after the other")
        if fact.depot not in problem.depot_by_id:
            yield Issue("not_found", here, f"there is no depot {fact.depot!r}", "send the depot with what it offered")
        if called:
            yield Issue("conflict", here, "is a second call in this shift", "send a depot that offers what both did")
        called = True


def of_overlaps(shifts: Sequence[Shift]) -> Iterator[Issue]:
    """Yield shifts of one technician at the same time."""
    numbered = sorted(enumerate(shifts), key=lambda item: (item[1].technician, item[1].start))
    for (_, one), (number, other) in pairwise(numbered):
        if one.technician == other.technician and one.id != other.id and other.start < one.last_end:
            yield Issue(
                "conflict",
                f"/shifts/{number}/start",
                f"{other.technician!r} is still in shift {one.id!r} then",
                "let the shift start later, or end the other one earlier",
            )


def of_repeated_facts(problem: Problem) -> Iterator[Issue]:
    """Yield visits that stand twice with one technician, or with more technicians than do them."""
    seen: dict[str, set[str]] = {}
    for number, shift in enumerate(problem.shifts):
        for place, fact in enumerate(shift.facts):
            if fact.visit is None:
                continue
            people = seen.setdefault(fact.visit, set())
            visit = problem.visit_by_id.get(fact.visit)
            most = MOST_PEOPLE if visit is None else visit.people
            if shift.technician in people or len(people) >= max(1, most):
                yield Issue(
                    "conflict",
                    f"/shifts/{number}/facts/{place}/visit",
                    f"{fact.visit!r} stands {len(people) + 1} times",
                    "a visit stands in one place of one route, a team's in one route of each member",
                )
            people.add(shift.technician)


def of_prefixes(problem: Problem) -> Iterator[Issue]:
    """Yield ids in prefixes that are no visits, or stand in two places."""
    seen: set[str] = set()
    for number, shift in enumerate(problem.shifts):
        for place, visit in enumerate(shift.prefix):
            path = f"/shifts/{number}/prefix/{place}"
            if visit not in problem.visit_by_id and visit not in problem.fact_visits:
                yield Issue("not_found", path, f"there is no visit {visit!r}", "leave it out of the prefix")
            elif visit in seen:
                yield Issue("conflict", path, f"{visit!r} stands in a prefix twice", "a visit has one place")
            seen.add(visit)
