"""What is answered about jobs, sites and kinds."""

from marshmallow import fields

from api.schemas.answers import (
    ContradictionOut,
    ItemNeedOut,
    OutdatedOut,
    ReasonOut,
    SkillNeedOut,
    WarningOut,
    day,
    flag,
    instant,
    many,
    number,
    one,
    text,
    whole,
)
from api.schemas.base import DAYS, Out
from api.schemas.problems import FaultOut
from service.store.tables import Attention, Handling, JobState

TRIAGE_REASONS = (
    "no_appliance",
    "appliance_unknown",
    "delivery",
    "kind_needs_visit",
    "remote_possible",
    "overruled",
)


class ClientOut(Out):
    """Who asks."""

    ref = text(null=True)
    name = text()
    phone = text(null=True)
    email = text(null=True)


class HoursOut(Out):
    """Weekly opening hours, local."""

    days = many(text(*DAYS))
    open = text()
    close = text()


class MatchOut(Out):
    """What the geocoder found."""

    label = text()
    precision = text("house", "street", "town", "none")
    score = number()
    source = fields.String(
        metadata={"description": "who says so: ban, nominatim, addresses (imported) or streets (of the road graph)"}
    )
    reason = fields.String(metadata={"description": "why nothing better was found"})


class SitePartOut(Out):
    """Where."""

    ref = text(null=True)
    address = text(null=True)
    lat = number(null=True)
    lon = number(null=True)
    security_appliance = flag(null=True, doc="null: nobody knows")
    access_notes = text()
    hours = many(HoursOut)
    match = one(MatchOut, null=True)


class WindowOut(Out):
    """Service begins between the two."""

    earliest = instant()
    latest = instant()


class TechniciansOut(Out):
    """Who has to, should and must not come."""

    required = many(fields.String())
    preferred = many(fields.String())
    forbidden = many(fields.String())


class AfterOut(Out):
    """Another job that has to be done first."""

    job = text()
    gap_s = whole()
    most_gap_s = whole(null=True)
    same_technician = flag()


class TriageOut(Out):
    """On site or from afar, and why."""

    handling = text(*Handling)
    reason = text(*TRIAGE_REASONS)
    detail = text()


class AppointmentOut(Out):
    """When somebody comes."""

    date = day()
    earliest = instant(null=True)
    latest = instant(null=True)
    arrival = instant(null=True)
    promised = flag()


class FitOut(Out):
    """Where the job would fit into the published plan."""

    date = day()
    start = instant()
    technician = fields.String(allow_none=True, metadata={"description": "null for portals"})
    extra_travel_s = whole()
    depot = fields.String(
        allow_none=True, metadata={"description": "where its goods are picked up on the way; null for portals"}
    )
    others = many(
        fields.String(), null=True, doc="technicians who do it with this one; empty for one person, null for portals"
    )


class AttentionOut(Out):
    """What a dispatcher has to settle."""

    code = text(*Attention)
    since = instant()


class JobOut(Out):
    """A job."""

    id = text()
    reference = text(doc="to be read out on the telephone")
    external_ref = text(null=True)
    state = text(*JobState)
    revision = whole()
    client = one(ClientOut)
    site = one(SitePartOut)
    kind = text()
    description = text()
    service_s = whole()
    skills = many(SkillNeedOut)
    priority = whole()
    dates = many(fields.Date())
    time_windows = many(WindowOut)
    deadline = instant(null=True)
    items = many(ItemNeedOut)
    technicians = one(TechniciansOut)
    people = whole()
    after = many(AfterOut)
    handling = text(*Handling)
    handling_note = text()
    hold = text(null=True)
    attempts = whole()
    triage = one(TriageOut)
    appointment = one(AppointmentOut, null=True)
    warnings = many(WarningOut)
    attention = many(AttentionOut)
    track_url = text()


class JobPostedOut(JobOut):
    """A job, and where it would fit."""

    fits = many(FitOut, null=True, doc="at most 5, best first; null when not computed in 20 ms")
    obstacles = many(ReasonOut)
    issues = many(ContradictionOut, doc="what can never be met together, whoever goes")


class JobChangedOut(JobOut):
    """A job, and what its change makes untrue in the published plan."""

    revision = fields.Integer(metadata={"description": "absent after a dry run"})
    outdated = many(OutdatedOut)


class JobPatchedOut(JobChangedOut):
    """A job, what its change makes untrue in the published plan, and what can never be met together."""

    issues = many(ContradictionOut)


class FitsOut(Out):
    """Where a job would fit, or why nowhere."""

    job = text()
    fits = many(FitOut)
    obstacles = many(ReasonOut)


class BatchOut(Out):
    """The jobs in the order in which they were sent."""

    items = many(JobOut)


class BatchEntryOut(Out):
    """What became of one job."""

    status = whole(doc="201, 409 or 422")
    job = one(JobOut, null=True)
    errors = many(FaultOut)


class BatchStatusOut(Out):
    """What became of each job, in the order in which they were sent."""

    items = many(BatchEntryOut)


class RowFaultOut(FaultOut):
    """A fault in a row."""

    line = whole()


class ImportOut(Out):
    """What was read."""

    rows = whole()
    created = whole()
    dry_run = flag()
    errors = many(RowFaultOut, doc="with dry_run only; otherwise they are a 422")


class SiteOut(SitePartOut):
    """A place of a client that is remembered."""

    id = text()
    client = one(ClientOut)
    located_by = text("caller", "geocoder", "dispatcher", null=True)
    revision = whole()


class SiteChangedOut(SiteOut):
    """A site, and what its change makes untrue in the published plan."""

    revision = fields.Integer(metadata={"description": "absent after a dry run"})
    outdated = many(OutdatedOut)


class KindOut(Out):
    """What a kind of job usually takes."""

    name = text()
    title = text()
    service_s = whole()
    skills = many(SkillNeedOut)
    items = many(ItemNeedOut)
    remote = flag()
    revision = whole()
