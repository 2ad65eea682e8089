"""Whether a problem is sound: every fault of what was sent in, found at once."""

from collections.abc import Iterator
from dataclasses import fields
from itertools import chain

from routing.errors import Issue
from routing.matrix import LONGEST_S
from routing.problem import Depot, Location, Problem, Technician
from routing.validation.bounds import LAST_MOMENT_S, escape, find_bad_place, find_outside, find_repeated
from routing.validation.shifts import MOST_BREAKS, of_overlaps, of_prefixes, of_repeated_facts, of_shift
from routing.validation.visits import of_pins, of_visit

__all__ = ["HIGHEST_COST", "LAST_MOMENT_S", "MOST_BREAKS", "find_issues"]

HIGHEST_COST = 2**58
"""No plan may cost more, in hundredths: every sum of costs then stays far inside 64 bits."""

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
            find_repeated("/locations", (place.id for place in problem.locations)),
            *(_of_location(f"/locations/{i}", place) for i, place in enumerate(problem.locations)),
            _of_matrices(problem),
            find_repeated("/technicians", (person.id for person in problem.technicians)),
            *(_of_technician(f"/technicians/{i}", who, problem) for i, who in enumerate(problem.technicians)),
            find_repeated("/shifts", (shift.id for shift in problem.shifts)),
            *(of_shift(f"/shifts/{i}", shift, problem) for i, shift in enumerate(problem.shifts)),
            of_overlaps(problem.shifts),
            of_repeated_facts(problem.shifts),
            find_repeated("/visits", (visit.id for visit in problem.visits)),
            *(of_visit(f"/visits/{i}", visit, problem) for i, visit in enumerate(problem.visits)),
            find_repeated("/depots", (depot.id for depot in problem.depots)),
            *(_of_depot(f"/depots/{i}", depot, problem) for i, depot in enumerate(problem.depots)),
            of_pins(problem),
            of_prefixes(problem),
            _of_weights(problem),
            _of_costs(problem),
        )
    )


def _of_location(path: str, place: Location) -> Iterator[Issue]:
    yield from find_outside(f"{path}/lat", place.lat, -90, 90)
    yield from find_outside(f"{path}/lon", place.lon, -180, 180)
    yield from find_outside(f"{path}/setup_s", place.setup_s, 0, LONGEST_S, " s")


def _of_matrices(problem: Problem) -> Iterator[Issue]:
    for profile, matrix in problem.matrices.items():
        if len(matrix) != len(problem.locations):
            yield Issue(
                "inconsistent",
                f"/matrices/{escape(profile)}",
                f"is made for {len(matrix)} places, there are {len(problem.locations)}",
                "send a row and a column per location",
            )


def _of_technician(path: str, who: Technician, problem: Problem) -> Iterator[Issue]:
    if who.profile not in problem.matrices:
        yield Issue("not_found", f"{path}/profile", f"no matrix for {who.profile!r}", "send its matrix")
    yield from find_repeated(f"{path}/skills", (skill.name for skill in who.skills), "name")
    for number, skill in enumerate(who.skills):
        yield from find_outside(f"{path}/skills/{number}/level", skill.level, 1, 100)
        yield from find_outside(f"{path}/skills/{number}/speed", skill.speed, SLOWEST, FASTEST)
    for sku, quantity in who.goods.items():
        yield from find_outside(f"{path}/goods/{escape(sku)}", quantity, 0, 10**6)
    for index in sorted(who.outside_zone):
        yield from find_bad_place(f"{path}/outside_zone", index, problem)


def _of_depot(path: str, depot: Depot, problem: Problem) -> Iterator[Issue]:
    yield from find_bad_place(f"{path}/location", depot.location, problem)
    yield from find_outside(f"{path}/call_s", depot.call_s, 0, LONGEST_S, " s")
    if depot.id in problem.visit_by_id:
        yield Issue("conflict", f"{path}/id", f"{depot.id!r} is a visit too", "give the depot another id")


def _of_weights(problem: Problem) -> Iterator[Issue]:
    for weight in fields(problem.weights):
        yield from find_outside(f"/weights/{weight.name}", getattr(problem.weights, weight.name), 0, 10**7)


def _of_costs(problem: Problem) -> Iterator[Issue]:
    """The dearest plan that the bounds of all moments allow, whatever the moments are."""
    weights, longest = problem.weights, 3 * LAST_MOMENT_S
    of_shift = longest * (weights.paid_s + weights.overtime_s + weights.travel_s)
    of_visit = longest * (weights.lateness_s + weights.urgency_s) + weights.not_preferred + weights.moved
    of_visit += weights.unserved * 101
    if len(problem.shifts) * of_shift + len(problem.visits) * of_visit > HIGHEST_COST:
        detail = f"are too much for {len(problem.shifts)} shifts and {len(problem.visits)} visits together"
        yield Issue("too_large", "/weights", detail, "send smaller weights, or plan fewer at once")
