"""How sites lie to the roads: looked at outside transactions, and told as warnings."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.planning.data import OPEN_STATES
from service.runtime import Runtime
from service.store.tables import Handling, JobRow, Json, SiteRow
from service.travel import Place, TravelSource
from service.travel.cache import recall_snaps
from service.travel.snapping import FURTHEST_M, NEAR_M

OUTSIDE_M = 10_000.0
"""So far from any road a place lies in another region than the roads."""

PROFILE = "car"
"""Where no car comes near, somebody has to walk, whoever is sent."""

NO_ROADS = "formula"
"""A source of this name knows none, and says nothing of places."""


def look_at_roads(rt: Runtime, places: Sequence[Place]) -> None:
    """See how places lie to the roads, so that it is known when their jobs are shown; outside any transaction."""
    if places and rt.travel.name != NO_ROADS:
        rt.travel.snaps(PROFILE, list(dict.fromkeys(places)))


def open_places(session: Session) -> list[Place]:
    """Where the jobs are that are still to be done."""
    query = select(SiteRow.lat, SiteRow.lon).join(JobRow, JobRow.site_id == SiteRow.id).distinct()
    open_ones = JobRow.handling == Handling.ON_SITE, JobRow.state.in_(OPEN_STATES)
    rows = session.execute(query.where(*open_ones, SiteRow.lat.is_not(None), SiteRow.lon.is_not(None)))
    return [(row.lat, row.lon) for row in rows]


def warn_of_roads(job: JobRow, travel: TravelSource) -> Iterator[Json]:
    """What is odd about the way to the door, as far as somebody has looked."""
    if travel.name == NO_ROADS or job.site.lat is None or job.site.lon is None:
        return
    (snap,) = recall_snaps(travel, PROFILE, [(job.site.lat, job.site.lon)])
    if snap is None:
        return
    if snap.metres is None or snap.metres > OUTSIDE_M:
        away = "" if snap.metres is None else f" (the nearest is {snap.metres:.0f} m away)"
        detail = f"The site lies outside the roads that are known{away}: the way there is estimated by formula."
        yield _warning("outside_roads", detail)
        return
    metres = round(snap.metres)
    if snap.is_island:
        detail = (
            f"The road nearest to the site, {metres} m from it, is not connected to the others: the way there is "
            "estimated by formula."
        )
        yield _warning("road_island", detail)
    elif snap.metres > FURTHEST_M:
        detail = f"The nearest road is {metres} m from the site: the way there is estimated by formula."
        yield _warning("off_road", detail)
    elif snap.metres > NEAR_M:
        detail = f"The nearest road is {metres} m from the site: the rest of the way is added by estimate."
        yield _warning("off_road", detail)


def _warning(code: str, detail: str) -> Json:
    return {"code": code, "pointer": "/site", "detail": detail}
