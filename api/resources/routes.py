"""/v1/technicians/{id}/routes: a technician's day, with everything needed at the door."""

from datetime import date

from flask import Response

from api.answers import GEOJSON, as_geojson
from api.auth import VISIT
from api.call import Call
from api.endpoints import Endpoints
from api.examples import planning as examples
from api.operations import Operation
from api.schemas.base import SinceQuery
from api.schemas.plan_answers import DayOut, FeaturesOut
from service import routes
from service.answers import Answer

endpoints = Endpoints("routes", "What each technician drives")


@endpoints.action(
    "GET",
    "/v1/technicians/<id:technician>/routes/<day:day>",
    Operation(VISIT, DayOut, examples.DAY, query=SinceQuery(), tagged=True),
)
def technician_route(call: Call, technician: str, day: date | None) -> Answer:
    """The published route of a technician (`me`: the caller) on a day (or `today`)."""
    return routes.technician_route(call.runtime, call.actor, technician, day)


@endpoints.action(
    "GET",
    "/v1/technicians/<id:technician>/routes/<day:day>.geojson",
    Operation(VISIT, FeaturesOut, examples.FEATURES, media=GEOJSON),
)
def technician_route_geojson(call: Call, technician: str, day: date | None) -> Response:
    """The same route as GeoJSON: a line for each leg along the roads, a point for each stop."""
    return as_geojson(routes.technician_features(call.runtime, call.actor, technician, day))
