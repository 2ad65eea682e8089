"""/v1/separation, /v1/reserves and /v1/faces: the rules that tie technicians together."""

from api.auth import DISPATCH
from api.call import Call
from api.describe import listing
from api.endpoints import Endpoints
from api.examples import jobs
from api.examples import team as examples
from api.operations import Body, Operation
from api.resources.agreement import same_name
from api.schemas.answers import DroppedOut
from api.schemas.base import DryRunQuery, PageQuery
from api.schemas.planning import SeparationIn
from api.schemas.team_answers import SeparationChangedOut, SeparationOut
from api.schemas.ties import FacesIn, ReserveIn
from api.schemas.ties_answers import FacesChangedOut, FacesOut, ReserveChangedOut, ReserveOut
from service import faces, reserves, separation
from service.answers import Answer, Listing

separation_endpoints = Endpoints("separation", "The rule by which people of different bubbles never meet")
reserve_endpoints = Endpoints("reserves", "Who stays at hand for emergencies")
faces_endpoints = Endpoints("faces", "How many different technicians a client sees")


@separation_endpoints.action(
    "GET", "/v1/separation", Operation(DISPATCH, SeparationOut, examples.SEPARATION, tagged=True)
)
def get_separation(call: Call) -> Answer:
    """The rule in force."""
    return separation.get_separation(call.runtime, call.actor)


@separation_endpoints.action(
    "PUT",
    "/v1/separation",
    Operation(
        DISPATCH,
        SeparationChangedOut,
        examples.SEPARATION_CHANGED,
        body=Body(SeparationIn(), examples.SEPARATION_IN),
        query=DryRunQuery(),
        if_match=True,
        tagged=True,
        missing=False,
    ),
)
def put_separation(call: Call) -> Answer:
    """Set the rule."""
    return separation.put_separation(call.runtime, call.actor, call.document, call.if_match, call.dry_run)


@separation_endpoints.action(
    "DELETE",
    "/v1/separation",
    Operation(DISPATCH, DroppedOut, jobs.DROPPED, query=DryRunQuery(), if_match=True),
)
def delete_separation(call: Call) -> Answer:
    """Let people meet again."""
    return separation.delete_separation(call.runtime, call.actor, call.if_match, call.dry_run)


@reserve_endpoints.action(
    "GET",
    "/v1/reserves",
    Operation(
        DISPATCH, listing(ReserveOut), {"items": [examples.RESERVE], "next": None}, query=PageQuery(), missing=False
    ),
)
def list_reserves(call: Call) -> Listing:
    """List reserves."""
    return reserves.list_reserves(call.runtime, call.actor, call.page)


@reserve_endpoints.action(
    "GET", "/v1/reserves/<word:reserve>", Operation(DISPATCH, ReserveOut, examples.RESERVE, tagged=True)
)
def get_reserve(call: Call, reserve: str) -> Answer:
    """Look at a reserve."""
    return reserves.get_reserve(call.runtime, call.actor, reserve)


@reserve_endpoints.action(
    "PUT",
    "/v1/reserves/<word:reserve>",
    Operation(
        DISPATCH,
        ReserveChangedOut,
        examples.RESERVE_CHANGED,
        body=Body(ReserveIn(), examples.RESERVE_IN),
        query=DryRunQuery(),
        if_match=True,
        tagged=True,
    ),
)
def put_reserve(call: Call, reserve: str) -> Answer:
    """Keep holders of a skill at hand."""
    document = same_name(call.document, "name", reserve)
    return reserves.put_reserve(call.runtime, call.actor, reserve, document, call.if_match, call.dry_run)


@reserve_endpoints.action(
    "DELETE",
    "/v1/reserves/<word:reserve>",
    Operation(DISPATCH, DroppedOut, jobs.DROPPED, query=DryRunQuery(), if_match=True),
)
def delete_reserve(call: Call, reserve: str) -> Answer:
    """Keep nobody back any more."""
    return reserves.delete_reserve(call.runtime, call.actor, reserve, call.if_match, call.dry_run)


@faces_endpoints.action(
    "GET",
    "/v1/faces",
    Operation(DISPATCH, listing(FacesOut), {"items": [examples.FACES], "next": None}, query=PageQuery(), missing=False),
)
def list_faces(call: Call) -> Listing:
    """List rules of faces."""
    return faces.list_faces(call.runtime, call.actor, call.page)


@faces_endpoints.action(
    "GET", "/v1/faces/<word:faces_name>", Operation(DISPATCH, FacesOut, examples.FACES, tagged=True)
)
def get_faces(call: Call, faces_name: str) -> Answer:
    """Look at a rule of faces."""
    return faces.get_faces(call.runtime, call.actor, faces_name)


@faces_endpoints.action(
    "PUT",
    "/v1/faces/<word:faces_name>",
    Operation(
        DISPATCH,
        FacesChangedOut,
        examples.FACES_CHANGED,
        body=Body(FacesIn(), examples.FACES_IN),
        query=DryRunQuery(),
        if_match=True,
        tagged=True,
    ),
)
def put_faces(call: Call, faces_name: str) -> Answer:
    """Say how many different technicians a client, or those of a set of jobs, may see."""
    document = same_name(call.document, "name", faces_name)
    return faces.put_faces(call.runtime, call.actor, faces_name, document, call.if_match, call.dry_run)


@faces_endpoints.action(
    "DELETE",
    "/v1/faces/<word:faces_name>",
    Operation(DISPATCH, DroppedOut, jobs.DROPPED, query=DryRunQuery(), if_match=True),
)
def delete_faces(call: Call, faces_name: str) -> Answer:
    """Let anybody come again."""
    return faces.delete_faces(call.runtime, call.actor, faces_name, call.if_match, call.dry_run)
