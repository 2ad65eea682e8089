"""What may be sent about a job."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from api.faults import nest, refusal
from api.fields import Choice, Day, Flag, Form, Instant, ListOf, Name, Number, Ref, Text, TimeOfDay, Whole, Word
from api.schemas.base import (
    DAYS,
    ZONE,
    DryRunQuery,
    In,
    Json,
    PageQuery,
    Query,
    QueryFlag,
    QueryWhole,
    part,
    whole_list,
)
from service.intake.filling import consistency_issues
from service.planning.problems import URGENT_ABOVE
from service.store.tables import Attention, Handling, JobState

MAX_BATCH = 500
MAX_SERVICE_S = 86_400
MAX_GAP_S = 31 * 86_400
MAX_RETURN_DAYS = 3650
MAX_PEOPLE = 4

PRIORITY = (
    f"higher first; above {URGENT_ABOVE} only by a dispatcher, and urgent: of the days and hours that suit it, the "
    "earliest is best"
)

_EMAIL = Form(r"[^@\s]+@[^@\s]+\.[^@\s.]+", "an e-mail address")


def _same(value: Any) -> object:
    return value


def named(key: str) -> Any:
    """What an entry is told apart by."""
    return lambda entry: entry.get(key) if isinstance(entry, dict) else None


class ClientPatch(In):
    """Who asks."""

    name = Name(200)
    phone = Text(40, allow_none=True)
    email = Text(254, allow_none=True, validate=_EMAIL)


class ClientIn(ClientPatch):
    """Who asks."""

    ref = Ref(allow_none=True, metadata={"description": "the client's number elsewhere; remembered"})
    name = Name(200, required=True)


class HoursIn(In):
    """Weekly opening hours, local: service begins and ends inside."""

    days = ListOf(Choice(*DAYS), 7, shortest=1, key=_same, required=True)
    open = TimeOfDay(required=True)
    close = TimeOfDay(required=True)

    @validates_schema(skip_on_field_errors=True)
    def _check(self, data: Json, **_: Any) -> None:
        if data["open"] >= data["close"]:
            raise refusal("inconsistent", "Closes before it opens.", "close")


class SitePatch(In):
    """Where."""

    address = Text(500, allow_none=True)
    lat = Number(-90, 90, metadata={"description": "degrees north; with lon"})
    lon = Number(-180, 180, metadata={"description": "degrees east; with lat"})
    security_appliance = Flag(allow_none=True, metadata={"description": "null: nobody knows"})
    access_notes = Text(2000, lines=True, allow_none=True)
    hours = ListOf(fields.Nested(HoursIn), 50, allow_none=True)

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def _check_pair(self, _: Json, original: Any, **__: Any) -> None:
        given = {name for name in ("lat", "lon") if isinstance(original, dict) and original.get(name) is not None}
        if len(given) == 1:
            raise refusal("required", "lat and lon come together.", "lon" if "lat" in given else "lat")


class SiteIn(SitePatch):
    """Where: an address, or lat and lon. A site with a `ref` is remembered with all that is said here."""

    ref = Ref(allow_none=True, metadata={"description": "the site's number elsewhere; remembered"})
    lat = Number(-90, 90, allow_none=True, metadata={"description": "degrees north; with lon"})
    lon = Number(-180, 180, allow_none=True, metadata={"description": "degrees east; with lat"})

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def _check_somewhere(self, _: Json, original: Any, **__: Any) -> None:
        if not isinstance(original, dict) or original.get("lat") is not None or original.get("lon") is not None:
            return
        if not str(original.get("address") or "").strip():
            raise refusal("required", "An address, or lat and lon, is needed.", "address")


class SiteCorrection(In):
    """A JSON merge patch of a site that is remembered, and of its client."""

    client = part(ClientPatch)
    address = Text(500, allow_none=True)
    lat = Number(-90, 90, allow_none=True, metadata={"description": "degrees north; null with lon: locate the address"})
    lon = Number(-180, 180, allow_none=True, metadata={"description": "degrees east"})
    security_appliance = Flag(allow_none=True, metadata={"description": "null: nobody knows"})
    access_notes = Text(2000, lines=True, allow_none=True)
    hours = ListOf(fields.Nested(HoursIn), 50, allow_none=True)


class SkillNeedIn(In):
    """A needed ability."""

    name = Name(64, required=True)
    level = Whole(1, 5, load_default=1, metadata={"description": "the least that is needed"})


class WindowIn(In):
    """Service begins between the two, both allowed."""

    earliest = Instant(required=True)
    latest = Instant(required=True)


class ItemNeedIn(In):
    """Goods to bring."""

    sku = Word(required=True)
    quantity = Whole(1, 1000, required=True)
    returned_after_days = Whole(
        1,
        MAX_RETURN_DAYS,
        allow_none=True,
        metadata={"description": "a loan, back in stock so many days after its delivery; default: the item's"},
    )


class TechniciansIn(In):
    """Who has to, should and must not come, by id."""

    required = ListOf(Name(64), 50, key=_same, load_default=list)
    preferred = ListOf(Name(64), 50, key=_same, load_default=list)
    forbidden = ListOf(Name(64), 50, key=_same, load_default=list)


class AfterIn(In):
    """Another job that has to be done first."""

    job = Name(128, required=True, metadata={"description": "id or external_ref"})
    gap_s = Whole(0, MAX_GAP_S, load_default=0, metadata={"description": "from its end to this one's start, at least"})
    most_gap_s = Whole(0, MAX_GAP_S, load_default=None, metadata={"description": "and at most; null: no limit"})
    same_technician = Flag(load_default=False)

    @validates_schema(skip_on_field_errors=True)
    def _check(self, data: Json, **_: Any) -> None:
        if data["most_gap_s"] is not None and data["most_gap_s"] < data["gap_s"]:
            raise refusal("inconsistent", "Is less than gap_s.", "most_gap_s")


class JobFields(In):
    """What POST and PATCH have in common."""

    description = Text(4000, lines=True)
    service_s = Whole(1, MAX_SERVICE_S, allow_none=True, metadata={"description": "default: the kind's"})
    skills = ListOf(fields.Nested(SkillNeedIn), 20, key=named("name"), allow_none=True)
    priority = Whole(0, 100, metadata={"description": PRIORITY})
    dates = ListOf(Day(), 100, key=_same, metadata={"description": "days on which it may be done; empty: any day"})
    time_windows = ListOf(fields.Nested(WindowIn), 50)
    deadline = Instant(allow_none=True, metadata={"description": "should have ended by then"})
    items = ListOf(fields.Nested(ItemNeedIn), 50, key=named("sku"), allow_none=True)
    people = Whole(1, MAX_PEOPLE)
    after = ListOf(fields.Nested(AfterIn), 20, key=named("job"))

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def _check_times(self, data: Json, original: Any, **_: Any) -> None:
        """The service's own rule, asked here too so that its faults come with all others."""
        issues = consistency_issues(_times(data, original), ZONE.get())
        if issues:
            raise ValidationError(nest(issues))


class JobIn(JobFields):
    """A job as it is posted: `client.name`, `kind` and `site` are needed; all else may be left out."""

    external_ref = Name(128, load_default=None, metadata={"description": "your own number; unique per API key's name"})
    client = part(ClientIn, required=True)
    site = part(SiteIn, required=True)
    kind = Word(required=True, metadata={"description": "an entry of /v1/kinds"})
    description = Text(4000, lines=True, load_default="")
    priority = Whole(0, 100, load_default=50, metadata={"description": PRIORITY})
    dates = ListOf(
        Day(),
        100,
        key=_same,
        load_default=list,
        metadata={"description": "days on which it may be done; empty: any day"},
    )
    time_windows = ListOf(fields.Nested(WindowIn), 50, load_default=list)
    deadline = Instant(load_default=None, metadata={"description": "should have ended by then"})
    technicians = part(TechniciansIn, load_default=lambda: {"required": [], "preferred": [], "forbidden": []})
    people = Whole(1, MAX_PEOPLE, load_default=1, metadata={"description": "technicians needed on site together"})
    after = ListOf(fields.Nested(AfterIn), 20, key=named("job"), load_default=list)


class TechniciansPatch(In):
    """Who has to, should and must not come, by id."""

    required = ListOf(Name(64), 50, key=_same, allow_none=True)
    preferred = ListOf(Name(64), 50, key=_same, allow_none=True)
    forbidden = ListOf(Name(64), 50, key=_same, allow_none=True)


class JobPatch(JobFields):
    """A JSON merge patch of a job: null takes the value away, so that the default counts again."""

    client = part(ClientPatch)
    site = part(SitePatch)
    kind = Word()
    description = Text(4000, lines=True, allow_none=True)
    priority = Whole(0, 100, allow_none=True, metadata={"description": PRIORITY})
    dates = ListOf(Day(), 100, key=_same, allow_none=True)
    time_windows = ListOf(fields.Nested(WindowIn), 50, allow_none=True)
    technicians = part(TechniciansPatch, allow_none=True)
    people = Whole(1, MAX_PEOPLE, allow_none=True)
    after = ListOf(fields.Nested(AfterIn), 20, key=named("job"), allow_none=True)
    handling = Choice(*Handling, allow_none=True, metadata={"description": "overrules the triage (dispatcher)"})
    handling_note = Text(1000, lines=True, allow_none=True)
    hold = Text(500, allow_none=True, metadata={"description": "why no plan may hold it (dispatcher); null: it may"})


class BatchIn(In):
    """Several jobs at once."""

    jobs = ListOf(fields.Nested(JobIn), MAX_BATCH, shortest=1, required=True)


class JobsQuery(PageQuery):
    """Which jobs."""

    state = Choice(*JobState)
    handling = Choice(*Handling)
    attention = Choice(*Attention)
    date = Day(metadata={"description": "planned on that day, or wanted on it"})
    updated_since = QueryWhole(0, 10**17, metadata={"description": "changed after that revision"})
    q = Text(200, metadata={"description": "words of reference, client, address or description"})


class BatchQuery(Query):
    """All or nothing, or each by itself."""

    partial_ = QueryFlag(
        data_key="partial",
        attribute="partial",
        metadata={"description": "1: good jobs are kept and 207 says what became of each"},
    )


class ImportQuery(DryRunQuery):
    """Try first."""


def _times(data: Json, original: Any) -> Json:
    """Dates, windows and deadline as far as they could be read whole."""
    windows = whole_list(data, original, "time_windows")
    if not all("earliest" in window and "latest" in window for window in windows):
        windows = []
    return {
        "dates": sorted(day.isoformat() for day in whole_list(data, original, "dates")),
        "time_windows": [{key: window[key].isoformat() for key in ("earliest", "latest")} for window in windows],
        "deadline": data.get("deadline"),
    }
