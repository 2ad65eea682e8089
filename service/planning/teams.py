"""Jobs that several technicians do together, in stored routes: one stop per person, the same start."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from routing import Plan, Problem, Seconds, TimeWindow, Visit
from service.planning.documents import Document, Team, brings, epoch, jobs_of
from service.planning.horizon import Horizon


def members_of(routes: Iterable[Document]) -> dict[str, list[str]]:
    """The technicians at each job of these routes; more than one is a team."""
    found: dict[str, list[str]] = defaultdict(list)
    for route in routes:
        for job in jobs_of(route):
            found[job].append(route["technician"])
    return found


def stand_together(routes: Sequence[Document], counts: Sequence[int]) -> list[int]:
    """How many stops after the start stand in each route when a team stands for all once it stands for one.

    ``counts``: how many stand in each route for itself.
    """
    counts = list(counts)
    while True:
        standing = {
            stop["job"]
            for route, count in zip(routes, counts, strict=True)
            for stop in route["stops"][1 : 1 + count]
            if stop["job"]
        }
        together = [
            max([count, *(number for number, stop in enumerate(route["stops"]) if stop["job"] in standing)])
            for route, count in zip(routes, counts, strict=True)
        ]
        if together == counts:
            return counts
        counts = together


def teams_of(problem: Problem, plan: Plan) -> dict[str, Team]:
    """Of each job that a team does in a plan, how many they are and who brings the goods: whose shift comes first."""
    rank = {shift.id: number for number, shift in enumerate(problem.shifts)}
    first: dict[str, str] = {}
    for route in sorted(plan.routes, key=lambda route: rank[route.shift]):
        for job in route.visits:
            visit = problem.visit_by_id.get(job)
            if visit is not None and visit.people > 1:
                first.setdefault(job, problem.shift_by_id[route.shift].technician)
    return {job: (problem.visit_by_id[job].people, technician) for job, technician in first.items()}


def split_team(visit: Visit, routes: Sequence[Document], horizon: Horizon, everybody: Iterable[str]) -> Visit:
    """A team of which some go as another plan says: what is left of it for the others, at the start that was agreed on.

    ``routes``: those of the members who are planned anew. The skills
    are spread over the whole team, so none is asked of those who are left; nobody may take another's place.
    """
    here = {route["technician"]: stop for route in routes for stop in route["stops"] if stop["job"] == visit.id}
    stop = next(iter(here.values()))
    start = Seconds(stop["start"] - epoch(horizon.origin))
    return replace(
        visit,
        windows=(TimeWindow(start, start),),
        skills=(),
        priority=100,
        required=frozenset(),
        preferred=frozenset(),
        forbidden=frozenset(everybody) - here.keys(),
        items=visit.items if any(brings(one) for one in here.values()) else (),
        urgent=False,
        people=len(here),
        after=(),
    )


def keep_teams(made: Iterable[Document], copied: Iterable[Document]) -> None:
    """Tell new routes of teams whose other members go as they are: those know how many they are, and who brings."""
    people: dict[str, int] = {}
    brought: set[str] = set()
    for route in copied:
        for stop in route["stops"]:
            if stop.get("people", 1) > 1:
                people[stop["job"]] = stop["people"]
                brought |= {stop["job"]} if stop["brings"] else set()
    for route in made:
        for stop in route["stops"]:
            if stop["job"] in people:
                is_bringer = stop["job"] not in brought and stop.get("brings", True)
                stop |= {"people": people[stop["job"]], "brings": is_bringer}
