"""What is answered about runs, plans and routes."""

from marshmallow import fields

from api.schemas.answers import ItemNeedOut, OutdatedOut, ReasonOut, day, flag, instant, many, number, one, text, whole
from api.schemas.base import Out, PlaceOut
from service.store.tables import PlanState, RunStatus
from service.travel import PROFILES, SOURCES

STOP_TYPES = ("start", "job", "depot", "break", "end")
CLASSES = ("impossible_alone", "impossible_together", "not_worth_it")


class ProgressOut(Out):
    """A better plan was found."""

    at_s = number()
    cost = whole()
    unassigned = whole()


class RunOut(Out):
    """A run."""

    id = text()
    status = text(*RunStatus)
    automatic = flag()
    stopped = flag(doc="ended before its time, with the best plan so far")
    requested_at = instant()
    progress = many(ProgressOut)
    plan = text(null=True, doc="id of the plan that it made")
    cost = whole(null=True)
    bound = number(null=True)
    gap = number(null=True)
    error = fields.Dict(required=True, allow_none=True, metadata={"description": "a problem, when it failed"})


class StopOut(Out):
    """A stop."""

    id = text()
    type = text(*STOP_TYPES)
    job = text(null=True)
    depot = text(null=True, doc="id of the depot of a stop of type depot")
    place = one(PlaceOut)
    travel_s = whole()
    travel_m = whole()
    travel_source = text(*SOURCES, null=True, doc="who said how long the way there takes; null: no way leads there")
    arrival = instant()
    start = instant()
    departure = instant()
    setup_s = whole(doc="parking and signing in after the arrival; no part of wait_s")
    wait_s = whole()
    people = whole(null=True, doc="how many do the job together, each in a stop of the own route; null: not at a job")
    items = many(ItemNeedOut, doc="goods to leave or use at a job, to pick up at a depot")
    pinned = flag()
    on_time_probability = number(null=True)


class RouteOut(Out):
    """A technician's route of a day."""

    technician = text()
    date = day()
    profile = text(*PROFILES)
    start = instant()
    end = instant()
    travel_s = whole()
    travel_m = whole()
    setup_s = whole()
    service_s = whole()
    call_s = whole(doc="at the depot")
    wait_s = whole()
    break_s = whole()
    overtime_s = whole()
    stops = many(StopOut)
    geometry = fields.Dict(
        required=True,
        allow_none=True,
        metadata={"description": "a GeoJSON LineString along the roads; straight where nobody knows them"},
    )
    geometry_source = text(
        *SOURCES, "mixed", null=True, doc="who drew it; formula: straight lines, for now where an engine made the times"
    )


class UnassignedOut(Out):
    """A job that stays out, and why."""

    job = text()
    class_ = fields.String(data_key="class", required=True)
    reasons = many(ReasonOut)
    counter_offers = many(fields.Dict(), null=True)


class FairShareOut(Out):
    """What one technician has of the work, what came before the plan included."""

    technician = text()
    paid_s = whole()
    travel_s = whole()
    share = number(doc="paid time by the time of all shifts, worked or not")
    index = number(doc="the share by the mean of all: 1 is as much as the others")


class FairnessOut(Out):
    """How evenly the work is shared out."""

    index = number(doc="1: everybody has the same share of the hours; nearer to 0: less even")
    technicians = many(FairShareOut)


class SummaryOut(Out):
    """Totals."""

    cost = whole()
    assigned = whole()
    unassigned = whole()
    travel_s = whole()
    travel_m = whole()
    service_s = whole()
    wait_s = whole()
    overtime_s = whole()
    co2_g = whole(null=True, doc="of the cars; null in plans stored before it was counted")
    on_time = number(null=True)
    fairness = one(FairnessOut, null=True)


class RuleOut(Out):
    """How often a rule is broken."""

    rule = text()
    violations = whole()


class CheckOut(Out):
    """What the checker says."""

    passed = flag()
    rules = many(RuleOut)
    not_checked = many(fields.String())


class PlanHeadOut(Out):
    """A plan without its routes."""

    id = text()
    revision = whole()
    state = text(*PlanState)
    from_ = fields.Date(data_key="from", required=True)
    to = day()
    summary = one(SummaryOut)


class PlanOut(PlanHeadOut):
    """A plan."""

    routes = many(RouteOut)
    unassigned = many(UnassignedOut)
    disruption = fields.Dict(required=True, allow_none=True)
    outdated = many(OutdatedOut)
    check = one(CheckOut)
    travel_source = text(*SOURCES, "mixed")
    bound = number(null=True)
    gap = number(null=True)
    engine = text("tournee", "ortools")
    seed = whole()
    input_hash = text()


class DoorClientOut(Out):
    """Who opens."""

    name = text()
    phone = text(null=True)


class DayStopOut(StopOut):
    """A stop, with what is needed at the door when it is a job, and the name of the depot when it is one."""

    depot_name = fields.String()

    reference = fields.String()
    client = fields.Nested(DoorClientOut)
    address = fields.String(allow_none=True)
    access_notes = fields.String()
    description = fields.String()


class DayOut(RouteOut):
    """A technician's day; no stops when there is no route."""

    plan = text(null=True)
    start = instant(null=True)
    end = instant(null=True)
    stops = many(DayStopOut)


class FeatureOut(Out):
    """A GeoJSON feature; `feature` of its properties says whether it is a leg or a stop."""

    type = text("Feature")
    geometry = fields.Dict(required=True)
    properties = fields.Dict(required=True)


class FeaturesOut(Out):
    """A GeoJSON feature collection: per route a LineString for each leg, then a Point for each stop."""

    type = text("FeatureCollection")
    features = many(FeatureOut)
