"""/v1/optimisations and /v1/plans: asking for plans, looking at them, publishing them."""

from flask import Response

from api.answers import GEOJSON, as_geojson
from api.auth import DISPATCH
from api.call import Call
from api.describe import listing
from api.endpoints import Endpoints
from api.examples import planning as examples
from api.operations import Body, Operation
from api.schemas.base import DaysQuery, PageQuery, RangeQuery, SinceQuery
from api.schemas.plan_answers import FeaturesOut, PlanHeadOut, PlanOut, RunOut
from api.schemas.planning import PublishIn, RunIn
from service import plans, runs
from service.answers import Answer, Listing

run_endpoints = Endpoints("optimisations", "Runs of the planner")
plan_endpoints = Endpoints("plans", "Routes and who was left out, immutable and numbered")


@run_endpoints.action(
    "POST",
    "/v1/optimisations",
    Operation(
        DISPATCH,
        RunOut,
        examples.RUN_QUEUED,
        status=202,
        body=Body(RunIn(), examples.RUN_IN, optional=True),
        once=True,
        missing=False,
        conflicts=("run_queued",),
    ),
)
def request_run(call: Call) -> Answer:
    """Ask for a plan."""
    return runs.request_run(call.runtime, call.actor, call.document, call.once)


@run_endpoints.action(
    "GET",
    "/v1/optimisations",
    Operation(DISPATCH, listing(RunOut), {"items": [examples.RUN], "next": None}, query=PageQuery(), missing=False),
)
def list_runs(call: Call) -> Listing:
    """List runs."""
    return runs.list_runs(call.runtime, call.actor, call.page)


@run_endpoints.action(
    "GET",
    "/v1/optimisations/<id:run>",
    Operation(DISPATCH, RunOut, examples.RUN, query=SinceQuery(), tagged=True),
)
def get_run(call: Call, run: str) -> Answer:
    """How far a run has come; it has an ETag when it is over."""
    return runs.get_run(call.runtime, call.actor, run)


@run_endpoints.action(
    "POST", "/v1/optimisations/<id:run>:stop", Operation(DISPATCH, RunOut, examples.RUN | {"stopped": True})
)
def stop_run(call: Call, run: str) -> Answer:
    """End a run and keep the best plan so far."""
    return runs.stop_run(call.runtime, call.actor, run)


@run_endpoints.action(
    "POST",
    "/v1/optimisations/<id:run>:cancel",
    Operation(DISPATCH, RunOut, examples.RUN_QUEUED | {"status": "cancelled"}),
)
def cancel_run(call: Call, run: str) -> Answer:
    """Drop a run and what it finds."""
    return runs.cancel_run(call.runtime, call.actor, run)


@plan_endpoints.action(
    "GET",
    "/v1/plans",
    Operation(
        DISPATCH, listing(PlanHeadOut), {"items": [examples.PLAN_HEAD], "next": None}, query=PageQuery(), missing=False
    ),
)
def list_plans(call: Call) -> Listing:
    """List plans, without their routes."""
    return plans.list_plans(call.runtime, call.actor, call.page)


@plan_endpoints.action(
    "GET",
    "/v1/plans/current",
    Operation(DISPATCH, PlanOut, examples.PLAN, query=RangeQuery(), tagged=True),
)
def get_current_plan(call: Call) -> Answer:
    """The published plan, cut to a range of days; 404 `no_plan` when there is none."""
    return plans.get_current_plan(call.runtime, call.actor, call.query.get("from"), call.query.get("to"))


@plan_endpoints.action(
    "GET", "/v1/plans/<id:plan>", Operation(DISPATCH, PlanOut, examples.PLAN, query=SinceQuery(), tagged=True)
)
def get_plan(call: Call, plan: str) -> Answer:
    """Look at a plan."""
    return plans.get_plan(call.runtime, call.actor, plan)


@plan_endpoints.action(
    "GET",
    "/v1/plans/<id:plan>.geojson",
    Operation(DISPATCH, FeaturesOut, examples.FEATURES, query=DaysQuery(), media=GEOJSON),
)
def plan_geojson(call: Call, plan: str) -> Response:
    """A plan (`current`: the published one), cut to a range of days, as GeoJSON: legs along the roads, and stops."""
    first, last = call.query.get("from"), call.query.get("to")
    return as_geojson(plans.plan_features(call.runtime, call.actor, plan, first, last))


@plan_endpoints.action(
    "POST",
    "/v1/plans/<id:plan>:publish",
    Operation(
        DISPATCH,
        PlanOut,
        examples.PLAN,
        body=Body(PublishIn(), examples.PUBLISH_IN, optional=True),
        once=True,
        tagged=True,
        conflicts=("plan_not_proposed", "plan_outdated"),
    ),
)
def publish_plan(call: Call, plan: str) -> Answer:
    """Make a proposal the plan that is driven."""
    return plans.publish_plan(call.runtime, call.actor, plan, call.document.get("accept", []), call.once)
