"""Whether a problem is sound: every fault of what was sent in, found at once."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import chain, pairwise

from routing.errors import Issue
from routing.matrix import LONGEST_S
from routing.problem import Break, Depot, Fact, Location, Problem, Shift, Technician, TimeWindow, Visit

LAST_MOMENT_S = 400 * 24 * 3600
"""Latest moment that a problem may speak of."""

HIGHEST_COST = 2**58
"""No plan may cost more, in hundredths: every sum of costs then stays far inside 64 bits."""

MOST_BREAKS = 5
"""The timetable tries every order of a shift's breaks: 2 to the power of their number per stop."""

SLOWEST, FASTEST = 0.05, 20.0
"""Bounds of a technician's speed; the contract's own are narrower."""


def find_issues(problem: Problem) -> tuple[Issue, ...]:
    """Return every fault of a problem, in the order of its fields.

    Parameters
    ----------
    problem
        Values of the right types; whatever else may be wrong with them is found here, never raised.

    Returns
    -------
    tuple of Issue
        Empty when the problem is sound. Paths are RFC 6901 pointers into the problem.
    """
    return tuple(
        chain(
            _repeated("/locations", (place.id for place in problem.locations)),
            *(_of_location(f"/locations/{i}", place) for i, place in enumerate(problem.locations)),
            _of_matrices(problem),
            _repeated("/technicians", (person.id for person in problem.technicians)),
            *(_of_technician(f"/technicians/{i}", who, problem) for i, who in enumerate(problem.technicians)),
            _repeated("/shifts", (shift.id for shift in problem.shifts)),
            *(_of_shift(f"/shifts/{i}", shift, problem) for i, shift in enumerate(problem.shifts)),
            _of_overlaps(problem.shifts),
            _of_repeated_facts(problem.shifts),
            _repeated("/visits", (visit.id for visit in problem.visits)),
            *(_of_visit(f"/visits/{i}", visit, problem) for i, visit in enumerate(problem.visits)),
            _repeated("/depots", (depot.id for depot in problem.depots)),
            *(_of_depot(f"/depots/{i}", depot, problem) for i, depot in enumerate(problem.depots)),
            _of_pins(problem),
            _of_prefixes(problem),
            _of_weights(problem),
            _of_costs(problem),
        )
    )


def _repeated(path: str, names: Iterable[str], part: str = "id") -> Iterator[Issue]:
    seen: set[str] = set()
    for number, name in enumerate(names):
        if not name:
            yield Issue("required", f"{path}/{number}/{part}", "is empty", "give each one a name")
        elif name in seen:
            yield Issue("conflict", f"{path}/{number}/{part}", f"{name!r} stands here twice", "name each one once")
        seen.add(name)


def _bounds(path: str, value: float, least: float, most: float, unit: str = "") -> Iterator[Issue]:
    if value < least:
        yield Issue("too_small", path, f"is {value}{unit}", f"send at least {least}{unit}")
    elif value > most:
        yield Issue("too_large", path, f"is {value}{unit}", f"send at most {most}{unit}")
    elif math.isnan(value):
        yield Issue("bad_format", path, "is not a number", f"send {least} to {most}{unit}")


def _moment(path: str, value: int) -> Iterator[Issue]:
    return _bounds(path, value, 0, LAST_MOMENT_S, " s")


def _place(path: str, index: int, problem: Problem) -> Iterator[Issue]:
    if not 0 <= index < len(problem.locations):
        yield Issue("not_found", path, f"there is no location {index}", "send an index of locations")


def _in_order(path: str, before: tuple[str, int], after: tuple[str, int]) -> Iterator[Issue]:
    if after[1] < before[1]:
        yield Issue(
            "inconsistent",
            f"{path}/{after[0]}",
            f"{after[0]} ({after[1]} s) lies before {before[0]} ({before[1]} s)",
            f"send a later {after[0]} or an earlier {before[0]}",
        )


def _of_location(path: str, place: Location) -> Iterator[Issue]:
    yield from _bounds(f"{path}/lat", place.lat, -90, 90)
    yield from _bounds(f"{path}/lon", place.lon, -180, 180)
    yield from _bounds(f"{path}/setup_s", place.setup_s, 0, LONGEST_S, " s")


def _of_matrices(problem: Problem) -> Iterator[Issue]:
    for profile, matrix in problem.matrices.items():
        if len(matrix) != len(problem.locations):
            yield Issue(
                "inconsistent",
                f"/matrices/{_escape(profile)}",
                f"is made for {len(matrix)} places, there are {len(problem.locations)}",
                "send a row and a column per location",
            )


def _of_technician(path: str, who: Technician, problem: Problem) -> Iterator[Issue]:
    if who.profile not in problem.matrices:
        yield Issue("not_found", f"{path}/profile", f"no matrix for {who.profile!r}", "send its matrix")
    yield from _repeated(f"{path}/skills", (skill.name for skill in who.skills), "name")
    for number, skill in enumerate(who.skills):
        yield from _bounds(f"{path}/skills/{number}/level", skill.level, 1, 100)
        yield from _bounds(f"{path}/skills/{number}/speed", skill.speed, SLOWEST, FASTEST)
    for sku, quantity in who.goods.items():
        yield from _bounds(f"{path}/goods/{_escape(sku)}", quantity, 0, 10**6)
    for index in sorted(who.outside_zone):
        yield from _place(f"{path}/outside_zone", index, problem)


def _of_shift(path: str, shift: Shift, problem: Problem) -> Iterator[Issue]:
    if shift.technician not in problem.technician_by_id:
        yield Issue(
            "not_found",
            f"{path}/technician",
            f"there is no technician {shift.technician!r}",
            "send the technician or leave the shift out",
        )
    yield from _moment(f"{path}/start", shift.start)
    yield from _moment(f"{path}/end", shift.end)
    yield from _in_order(path, ("start", shift.start), ("end", shift.end))
    yield from _moment(f"{path}/overtime_s", shift.overtime_s)
    yield from _moment(f"{path}/not_before", shift.not_before)
    yield from _place(f"{path}/start_location", shift.start_location, problem)
    if shift.end_location is not None:
        yield from _place(f"{path}/end_location", shift.end_location, problem)
    if shift.max_travel_s is not None:
        yield from _moment(f"{path}/max_travel_s", shift.max_travel_s)
    if len(shift.breaks) > MOST_BREAKS:
        yield Issue("too_long", f"{path}/breaks", f"has {len(shift.breaks)} breaks", f"send at most {MOST_BREAKS}")
    for number, pause in enumerate(shift.breaks):
        yield from _of_break(f"{path}/breaks/{number}", pause)
    yield from _of_facts(path, shift, problem)


def _of_break(path: str, pause: Break) -> Iterator[Issue]:
    yield from _moment(f"{path}/earliest", pause.earliest)
    yield from _moment(f"{path}/latest", pause.latest)
    yield from _in_order(path, ("earliest", pause.earliest), ("latest", pause.latest))
    yield from _bounds(f"{path}/length_s", pause.length_s, 1, LAST_MOMENT_S, " s")


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
        yield from _moment(f"{path}/departure", shift.departure)
    before = ("departure", int(shift.departure or 0))
    for number, fact in enumerate(shift.facts):
        here = f"{path}/facts/{number}"
        yield from _place(f"{here}/location", fact.location, problem)
        for moment in _moments(fact):
            yield from _moment(f"{here}/{moment[0]}", moment[1])
            yield from _in_order(here, before, moment)
            before = moment
        before = ("the end of the fact before", int(fact.end))
    yield from _of_calls(path, shift, problem)


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


def _moments(fact: Fact) -> tuple[tuple[str, int], ...]:
    return ("arrival", fact.arrival), ("start", fact.start), ("end", fact.end)


def _of_overlaps(shifts: Sequence[Shift]) -> Iterator[Issue]:
    numbered = sorted(enumerate(shifts), key=lambda item: (item[1].technician, item[1].start))
    for (_, one), (number, other) in pairwise(numbered):
        if one.technician == other.technician and one.id != other.id and other.start < one.last_end:
            yield Issue(
                "conflict",
                f"/shifts/{number}/start",
                f"{other.technician!r} is still in shift {one.id!r} then",
                "let the shift start later, or end the other one earlier",
            )


def _of_repeated_facts(shifts: Sequence[Shift]) -> Iterator[Issue]:
    seen: set[str] = set()
    for number, shift in enumerate(shifts):
        for place, fact in enumerate(shift.facts):
            if fact.visit is None:
                continue
            if fact.visit in seen:
                yield Issue(
                    "conflict",
                    f"/shifts/{number}/facts/{place}/visit",
                    f"{fact.visit!r} stands twice",
                    "a visit stands in one place of one route",
                )
            seen.add(fact.visit)


def _of_visit(path: str, visit: Visit, problem: Problem) -> Iterator[Issue]:
    yield from _place(f"{path}/location", visit.location, problem)
    yield from _moment(f"{path}/service_s", visit.service_s)
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
    yield from _bounds(f"{path}/priority", visit.priority, 0, 100)
    if visit.deadline is not None:
        yield from _moment(f"{path}/deadline", visit.deadline)
    yield from _repeated(f"{path}/skills", (need.name for need in visit.skills), "name")
    for number, need in enumerate(visit.skills):
        yield from _bounds(f"{path}/skills/{number}/level", need.level, 1, 100)
    yield from _repeated(f"{path}/items", (item.sku for item in visit.items), "sku")
    for number, item in enumerate(visit.items):
        yield from _bounds(f"{path}/items/{number}/quantity", item.quantity, 1, 10**6)


def _of_window(path: str, window: TimeWindow) -> Iterator[Issue]:
    yield from _moment(f"{path}/earliest", window.earliest)
    yield from _moment(f"{path}/latest", window.latest)
    yield from _in_order(path, ("earliest", window.earliest), ("latest", window.latest))
    if window.close is not None:
        yield from _moment(f"{path}/close", window.close)
        yield from _in_order(path, ("earliest", window.earliest), ("close", window.close))


def _of_depot(path: str, depot: Depot, problem: Problem) -> Iterator[Issue]:
    yield from _place(f"{path}/location", depot.location, problem)
    yield from _bounds(f"{path}/call_s", depot.call_s, 0, LONGEST_S, " s")
    if depot.id in problem.visit_by_id:
        yield Issue("conflict", f"{path}/id", f"{depot.id!r} is a visit too", "give the depot another id")


def _of_pins(problem: Problem) -> Iterator[Issue]:
    yield from _repeated("/pins", (pin.visit for pin in problem.pins), "visit")
    for number, pin in enumerate(problem.pins):
        if pin.visit not in problem.visit_by_id and pin.visit not in problem.fact_visits:
            yield Issue("not_found", f"/pins/{number}/visit", f"there is no visit {pin.visit!r}", "leave the pin out")
        if pin.start is not None:
            yield from _moment(f"/pins/{number}/start", pin.start)


def _of_prefixes(problem: Problem) -> Iterator[Issue]:
    seen: set[str] = set()
    for number, shift in enumerate(problem.shifts):
        for place, visit in enumerate(shift.prefix):
            path = f"/shifts/{number}/prefix/{place}"
            if visit not in problem.visit_by_id and visit not in problem.fact_visits:
                yield Issue("not_found", path, f"there is no visit {visit!r}", "leave it out of the prefix")
            elif visit in seen:
                yield Issue("conflict", path, f"{visit!r} stands in a prefix twice", "a visit has one place")
            seen.add(visit)


def _of_weights(problem: Problem) -> Iterator[Issue]:
    for weight in fields(problem.weights):
        yield from _bounds(f"/weights/{weight.name}", getattr(problem.weights, weight.name), 0, 10**7)


def _of_costs(problem: Problem) -> Iterator[Issue]:
    """The dearest plan that the bounds of all moments allow, whatever the moments are."""
    weights, longest = problem.weights, 3 * LAST_MOMENT_S
    of_shift = longest * (weights.paid_s + weights.overtime_s + weights.travel_s)
    of_visit = longest * (weights.lateness_s + weights.urgency_s) + weights.not_preferred + weights.moved
    of_visit += weights.unserved * 101
    if len(problem.shifts) * of_shift + len(problem.visits) * of_visit > HIGHEST_COST:
        detail = f"are too much for {len(problem.shifts)} shifts and {len(problem.visits)} visits together"
        yield Issue("too_large", "/weights", detail, "send smaller weights, or plan fewer at once")


def _escape(token: str) -> str:
    """One token of an RFC 6901 pointer."""
    return token.replace("~", "~0").replace("/", "~1")
