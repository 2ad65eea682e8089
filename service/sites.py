"""Sites as clients' later jobs inherit them: where they are, when they open, what stands there."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service.answers import Answer, Listing, Page, check_match
from service.effects import Change
from service.errors import Issue, NotFound, Refused
from service.intake.followers import follow
from service.intake.locating import GIVEN, Found, locate, place_site, remember
from service.paging import list_rows
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import JobRow, Json, Role, SiteRow

OF_CLIENT = ("name", "phone", "email")
EMPTY: Json = {"access_notes": "", "hours": []}


def list_sites(rt: Runtime, actor: Actor, page: Page) -> Listing:
    """The sites of all jobs; a portal sees those of its own."""
    with rt.database.read() as session:
        return list_rows(session, _visible(actor), SiteRow.created, page, show_site)


def get_site(rt: Runtime, actor: Actor, ref: str) -> Answer:
    """One site, by its ref or its id."""
    with rt.database.read() as session:
        site = _find(session, actor, ref)
        return Answer(show_site(site), None, site.revision)


def patch_site(rt: Runtime, actor: Actor, ref: str, patch: Json, if_match: int | None, dry_run: bool = False) -> Answer:
    """Correct a site or its client by a merge patch: every job there changes with it, open ones are triaged anew."""
    found = _locate(rt, actor, ref, patch)
    with rt.database.write() as session:
        site = _find(session, actor, ref)
        check_match(site.revision, if_match)
        _check(site, patch)
        change = Change.begin(session, rt, actor, dry_run)
        before = show_site(site)
        _apply(site, patch, actor, found)
        after = show_site(site)
        if after != before:
            if found is not None:
                remember(session, found, rt.now())
            site.revision = change.record("site.changed", "site", site.id, before, after)
            if after["client"] != before["client"]:
                site.client.revision = site.revision
            whole_client = after["client"] != before["client"]
            follow(session, rt, actor, site, site.revision, whole_client=whole_client)
        return change.finish(Answer(show_site(site), None, site.revision), replan=after != before)


def show_site(site: SiteRow) -> Json:
    """A site as the contract names the parts."""
    return {
        "id": site.id,
        "ref": site.ref,
        "client": {"ref": site.client.ref} | {name: getattr(site.client, name) for name in OF_CLIENT},
        "address": site.address,
        "lat": site.lat,
        "lon": site.lon,
        "located_by": site.located_by,
        "match": site.match,
        "security_appliance": site.security_appliance,
        "access_notes": site.access_notes,
        "hours": site.hours,
        "revision": site.revision,
    }


def _visible(actor: Actor) -> Select[SiteRow]:
    query = select(SiteRow)
    if actor.role is not Role.PORTAL:
        return query
    return query.where(SiteRow.id.in_(select(JobRow.site_id).where(JobRow.posted_by == actor.name)))


def _find(session: Session, actor: Actor, ref: str) -> SiteRow:
    found = session.scalars(_visible(actor).where((SiteRow.ref == ref) | (SiteRow.id == ref))).all()
    site = next((one for one in found if one.ref == ref), found[0] if found else None)
    if site is None:
        raise NotFound("there is no such site")
    return site


def _place_after(site: SiteRow, patch: Json) -> tuple[float | None, float | None]:
    """Coordinates as the patch alone would have them."""
    return patch.get("lat", site.lat), patch.get("lon", site.lon)


def _is_unplaced(site: SiteRow, patch: Json, actor: Actor) -> bool:
    """Whether the patch leaves it to the geocoder where this is.

    Coordinates that somebody gave stand until others are given: a corrected address moves nothing. Those that the
    geocoder found follow the address; so does a site whose coordinates are taken away.
    """
    if site.located_by == "dispatcher" and not actor.dispatches:
        return False
    if "lat" in patch or "lon" in patch:
        return _place_after(site, patch) == (None, None)
    return patch.get("address") not in (None, site.address) and site.located_by not in GIVEN


def _locate(rt: Runtime, actor: Actor, ref: str, patch: Json) -> Found | None:
    """Ask for the new address before the transaction, where the answer will be needed."""
    with rt.database.read() as session:
        site = _find(session, actor, ref)
        address = patch.get("address", site.address) if _is_unplaced(site, patch, actor) else None
    return locate(rt, address) if address else None


def _check(site: SiteRow, patch: Json) -> None:
    lat, lon = _place_after(site, patch)
    issues = []
    if (lat is None) != (lon is None):
        path = "/lat" if lat is None else "/lon"
        issues.append(Issue("inconsistent", path, "lat and lon belong together", "give both, or take both away"))
    if lat is None and lon is None and not patch.get("address", site.address):
        issues.append(Issue("required", "/address", "is needed where lat and lon are missing", "give one of the two"))
    client = patch.get("client") or {}
    if "name" in client and not (client["name"] or "").strip():
        issues.append(Issue("required", "/client/name", "cannot be taken away", "give another name"))
    if issues:
        raise Refused(*issues)


def _apply(site: SiteRow, patch: Json, actor: Actor, found: Found | None) -> None:
    """Change the rows; coordinates from a dispatcher are a correction that no later job overwrites."""
    unplaced = _is_unplaced(site, patch, actor)
    for name in ("address", "security_appliance", "access_notes", "hours"):
        if name in patch:
            setattr(site, name, EMPTY.get(name) if patch[name] is None else patch[name])
    for name, value in (patch.get("client") or {}).items():
        setattr(site.client, name, value)
    if unplaced:
        site.lat = site.lon = site.located_by = site.match = None
        place_site(site, {"address": site.address}, found)
    elif ("lat" in patch or "lon" in patch) and actor.dispatches:
        site.lat, site.lon = _place_after(site, patch)
        site.located_by, site.match = "dispatcher", None
    elif "lat" in patch or "lon" in patch:
        lat, lon = _place_after(site, patch)
        place_site(site, {"lat": lat, "lon": lon}, None)
