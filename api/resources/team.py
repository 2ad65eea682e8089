"""/v1/technicians and /v1/absences: who goes out, and when not."""

from api.auth import DISPATCH
from api.call import Call
from api.describe import listing
from api.endpoints import Endpoints
from api.examples import jobs
from api.examples import team as examples
from api.operations import Body, Operation
from api.schemas.answers import DroppedOut
from api.schemas.base import DryRunQuery, PageQuery
from api.schemas.team import AbsenceIn, TechnicianIn, TechnicianPatch
from api.schemas.team_answers import AbsenceOut, AbsencePostedOut, TechnicianChangedOut, TechnicianOut
from service import absences, team
from service.answers import Answer, Listing

technician_endpoints = Endpoints("technicians", "Who goes out")
absence_endpoints = Endpoints("absences", "When technicians cannot be sent out")


@technician_endpoints.action(
    "POST",
    "/v1/technicians",
    Operation(
        DISPATCH,
        TechnicianChangedOut,
        examples.TECHNICIAN_CHANGED,
        status=201,
        body=Body(TechnicianIn(), examples.TECHNICIAN_IN),
        once=True,
        tagged=True,
        missing=False,
    ),
)
def post_technician(call: Call) -> Answer:
    """Take somebody into the team."""
    return team.post_technician(call.runtime, call.actor, call.document, call.once)


@technician_endpoints.action(
    "GET",
    "/v1/technicians",
    Operation(
        DISPATCH,
        listing(TechnicianOut),
        {"items": [examples.TECHNICIAN], "next": None},
        query=PageQuery(),
        missing=False,
    ),
)
def list_technicians(call: Call) -> Listing:
    """List the team."""
    return team.list_technicians(call.runtime, call.actor, call.page)


@technician_endpoints.action(
    "GET", "/v1/technicians/<id:technician>", Operation(DISPATCH, TechnicianOut, examples.TECHNICIAN, tagged=True)
)
def get_technician(call: Call, technician: str) -> Answer:
    """Look at a technician."""
    return team.get_technician(call.runtime, call.actor, technician)


@technician_endpoints.action(
    "PATCH",
    "/v1/technicians/<id:technician>",
    Operation(
        DISPATCH,
        TechnicianChangedOut,
        examples.TECHNICIAN_CHANGED,
        body=Body(TechnicianPatch(), examples.TECHNICIAN_PATCH, patch=True),
        query=DryRunQuery(),
        if_match=True,
        tagged=True,
    ),
)
def patch_technician(call: Call, technician: str) -> Answer:
    """Change a technician (JSON merge patch)."""
    return team.patch_technician(call.runtime, call.actor, technician, call.document, call.if_match, call.dry_run)


@technician_endpoints.action(
    "DELETE",
    "/v1/technicians/<id:technician>",
    Operation(DISPATCH, DroppedOut, jobs.DROPPED, query=DryRunQuery(), if_match=True),
)
def remove_technician(call: Call, technician: str) -> Answer:
    """Let somebody leave the team; the keys are void at once."""
    return team.remove_technician(call.runtime, call.actor, technician, call.if_match, call.dry_run)


@absence_endpoints.action(
    "POST",
    "/v1/absences",
    Operation(
        DISPATCH,
        AbsencePostedOut,
        examples.ABSENCE_POSTED,
        status=201,
        body=Body(AbsenceIn(), examples.ABSENCE_IN),
        query=DryRunQuery(),
        once=True,
        tagged=True,
        missing=False,
    ),
)
def post_absence(call: Call) -> Answer:
    """Say that technicians are away; answers with the stops that this hits."""
    return absences.post_absence(call.runtime, call.actor, call.document, call.dry_run, call.once)


@absence_endpoints.action(
    "GET",
    "/v1/absences",
    Operation(
        DISPATCH, listing(AbsenceOut), {"items": [examples.ABSENCE], "next": None}, query=PageQuery(), missing=False
    ),
)
def list_absences(call: Call) -> Listing:
    """List absences, past ones too."""
    return absences.list_absences(call.runtime, call.actor, call.page)


@absence_endpoints.action(
    "GET", "/v1/absences/<id:absence>", Operation(DISPATCH, AbsenceOut, examples.ABSENCE, tagged=True)
)
def get_absence(call: Call, absence: str) -> Answer:
    """Look at an absence."""
    return absences.get_absence(call.runtime, call.actor, absence)


@absence_endpoints.action(
    "DELETE",
    "/v1/absences/<id:absence>",
    Operation(DISPATCH, DroppedOut, jobs.DROPPED, query=DryRunQuery(), if_match=True),
)
def delete_absence(call: Call, absence: str) -> Answer:
    """Take an absence back."""
    return absences.delete_absence(call.runtime, call.actor, absence, call.if_match, call.dry_run)
