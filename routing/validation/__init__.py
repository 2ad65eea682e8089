"""Whether a problem is sound: every fault of what was sent in, found at once."""

from collections.abc import Iterator
from itertools import chain

from routing.errors import Issue
from routing.matrix import LONGEST_S
from routing.problem import Depot, Location, Problem, Technician
from routing.validation.bounds import (
    LAST_MOMENT_S,
    escape,
    find_bad_moment,
    find_bad_place,
    find_outside,
    find_repeated,
)
from routing.validation.costs import HIGHEST_COST, of_balance, of_costs, of_weights
from routing.validation.shifts import MOST_BREAKS, of_overlaps, of_prefixes, of_repeated_facts, of_shift
from routing.validation.ties import MOST_PEOPLE, of_cycles, of_faces, of_reserve, of_separation, of_stock, of_teams
from routing.validation.visits import of_pins, of_visit

__all__ = ["HIGHEST_COST", "LAST_MOMENT_S", "MOST_BREAKS", "MOST_PEOPLE", "find_issues"]

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
            of_repeated_facts(problem),
            find_repeated("/visits", (visit.id for visit in problem.visits)),
            *(of_visit(f"/visits/{i}", visit, problem) for i, visit in enumerate(problem.visits)),
            find_repeated("/depots", (depot.id for depot in problem.depots)),
            *(_of_depot(f"/depots/{i}", depot, problem) for i, depot in enumerate(problem.depots)),
            of_pins(problem),
            of_prefixes(problem),
            of_cycles(problem),
            of_teams(problem),
            of_separation(problem.separation),
            find_repeated("/faces", (faces.id for faces in problem.faces)),
            *(of_faces(f"/faces/{i}", faces, problem) for i, faces in enumerate(problem.faces)),
            find_repeated("/reserves", (reserve.id for reserve in problem.reserves)),
            *(of_reserve(f"/reserves/{i}", reserve, problem) for i, reserve in enumerate(problem.reserves)),
            of_weights(problem),
            of_costs(problem),
            of_balance(problem),
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
    for sku, quantity in who.carries.items():
        yield from find_outside(f"{path}/carries/{escape(sku)}", quantity, 0, 10**6)
    for index in sorted(who.outside_zone):
        yield from find_bad_place(f"{path}/outside_zone", index, problem)
    yield from find_bad_moment(f"{path}/history/paid_s", who.history.paid_s)
    yield from find_bad_moment(f"{path}/history/travel_s", who.history.travel_s)
    yield from find_bad_moment(f"{path}/history/shifts_s", who.history.shifts_s)


def _of_depot(path: str, depot: Depot, problem: Problem) -> Iterator[Issue]:
    yield from find_bad_place(f"{path}/location", depot.location, problem)
    yield from find_outside(f"{path}/call_s", depot.call_s, 0, LONGEST_S, " s")
    if depot.id in problem.visit_by_id:
        yield Issue("conflict", f"{path}/id", f"{depot.id!r} is a visit too", "give the depot another id")
    yield from of_stock(path, depot)
