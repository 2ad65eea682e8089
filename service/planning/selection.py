"""Which jobs a planner is asked for, and which it need not be asked for."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from routing import Reason, Unassigned, UnassignedClass, Visit
from service.instants import day_of
from service.planning.calls import bring
from service.planning.data import OPEN_STATES, PlanningData
from service.planning.documents import Document, epoch, jobs_of
from service.planning.layout import Layout
from service.planning.obstacles import belongs, openings_or_reason
from service.planning.problems import build_visit, standing_visit
from service.planning.standing import Scope
from service.planning.teams import split_team
from service.planning.waiting import Place, Waiting, places_in
from service.planning.windows import Opening


def select_visits(
    data: PlanningData,
    layout: Layout,
    scope: Scope,
    now: datetime,
    planned: Sequence[Document],
    copied: Sequence[Document],
) -> tuple[list[Visit], list[Unassigned]]:
    """The visits of a problem in the order in which their jobs came, and the jobs that nobody could place.

    ``planned``: the routes that are planned anew; jobs of the ``copied`` ones others have been asked for.
    """
    horizon, elsewhere = scope.horizon, places_in(copied)
    given = {visit.id: visit for visit in _standing(data, layout, scope)}
    given |= {visit.id: visit for visit in _split_teams(data, layout, scope, planned, elsewhere.keys())}
    openings: dict[str, list[Opening]] = {}
    out: dict[str, Reason] = {}
    brought = bring({}, layout.calls)
    for job in data.jobs:
        if job.id in given or job.id in elsewhere or job.state not in OPEN_STATES:
            continue
        if belongs(job, horizon, day_of(now, horizon.zone)):
            found = openings_or_reason(job, data, horizon, now, brought)
            if isinstance(found, Reason):
                out[job.id] = found
            else:
                openings[job.id] = found
    waiting = Waiting(horizon.zone, {**data.named, **data.job_by_id}, elsewhere, _still_to_come(elsewhere, data, scope))
    settled = waiting.settle(openings, given.keys(), out)
    out |= settled.out
    for name, spans in settled.openings.items():
        job = data.job_by_id[name]
        given[name] = build_visit(job, spans, layout.places, horizon, layout.names, settled.waits[name])
    excluded = [
        Unassigned(job.id, UnassignedClass.IMPOSSIBLE_ALONE, (out[job.id],)) for job in data.jobs if job.id in out
    ]
    return [given[job.id] for job in data.jobs if job.id in given], excluded


def _standing(data: PlanningData, layout: Layout, scope: Scope) -> Iterator[Visit]:
    for job in data.jobs:
        if job.id in layout.stands_at:
            yield standing_visit(job, layout.stands_at[job.id], scope.horizon, layout.people_at[job.id])


def _split_teams(
    data: PlanningData,
    layout: Layout,
    scope: Scope,
    planned: Sequence[Document],
    elsewhere: Collection[str],
) -> Iterator[Visit]:
    """What is left for the routes planned anew of teams whose other members go as they are."""
    split = {job for route in planned for job in jobs_of(route)} & set(elsewhere)
    for job in data.jobs:
        if job.id in split and job.id not in layout.stands_at and job.site.lat is not None:
            visit = build_visit(job, [Opening(scope.horizon.origin, scope.horizon.end)], layout.places, scope.horizon)
            mine = [route for route in planned if job.id in jobs_of(route)]
            yield split_team(visit, mine, scope.horizon, [one.id for one in data.field_technicians])


def _still_to_come(elsewhere: Mapping[str, Place], data: PlanningData, scope: Scope) -> list[str]:
    """The jobs of copied routes that nobody has begun: what comes before them must be done in time."""
    freeze = epoch(scope.freeze_until)
    return [
        name
        for name, place in elsewhere.items()
        if name in data.job_by_id and place.start is not None and epoch(place.start) >= freeze
    ]
