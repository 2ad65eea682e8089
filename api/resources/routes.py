"""/v1/technicians/{id}/routes: a technician's day, with everything needed at the door."""

from datetime import date

from api.auth import VISIT
from api.call import Call
from api.endpoints import Endpoints
from api.examples import planning as examples
from api.operations import Operation
from api.schemas.base import SinceQuery
from api.schemas.plan_answers import DayOut
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
