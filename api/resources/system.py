"""Health, metrics, version and the description of the API."""

import json

from flask import Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST

from api import VERSION, openapi, problems
from api.auth import ALL, ANYBODY, DISPATCH
from api.call import Call, edge
from api.endpoints import Endpoints
from api.errors import problem
from api.operations import Operation
from api.schemas.system import AliveOut, ReadyOut, VersionOut
from service.answers import Answer
from service.health import readiness

endpoints = Endpoints("system", "The service about itself")

CHECK = {"check": "database", "ok": True, "detail": "the database answers", "degraded": False}


@endpoints.open("GET", "/livez", Operation(ANYBODY, AliveOut, {"alive": True}))
def livez() -> Response:
    """Whether the process answers."""
    return _json({"alive": True})


@endpoints.open(
    "GET",
    "/readyz",
    Operation(ANYBODY, ReadyOut, {"ready": True, "checks": [CHECK]}, refusals=(problems.NOT_READY,)),
)
def readyz() -> Response:
    """Whether the service can do its work; 503 with the checks that fail when it cannot."""
    checks = readiness(edge().runtime)
    failing = [check for check in checks if not check["ok"]]
    if failing:
        return problem(problems.NOT_READY, "; ".join(check["detail"] for check in failing), failing=failing)
    return _json({"ready": True, "checks": checks})


@endpoints.action("GET", "/version", Operation(ALL, VersionOut, {"version": VERSION}, missing=False))
def version(call: Call) -> Answer:  # noqa: ARG001
    """Which version this is."""
    return Answer({"version": VERSION})


@endpoints.action(
    "GET",
    "/metrics",
    Operation(DISPATCH, None, 'tournee_runs{status="queued"} 0.0\n', media="text/plain", missing=False),
)
def metrics(call: Call) -> Response:  # noqa: ARG001
    """Figures for Prometheus."""
    found = edge().metrics
    return Response(found.write() if found else b"", content_type=CONTENT_TYPE_LATEST)


@endpoints.open("GET", "/openapi.yaml", Operation(ANYBODY, None, {"openapi": "3.1.0"}, media="application/yaml"))
def openapi_yaml() -> Response:
    """This description as YAML."""
    return Response(openapi.to_yaml(_description()), mimetype="application/yaml")


@endpoints.open("GET", "/openapi.json", Operation(ANYBODY, None, {"openapi": "3.1.0"}))
def openapi_json() -> Response:
    """This description as JSON."""
    return _json(_description())


def _description() -> dict[str, object]:
    return openapi.describe(current_app)


def _json(body: object) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), mimetype="application/json")
