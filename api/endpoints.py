"""The one place that knows flask-smorest: how a view becomes a route, is guarded, and is documented.

``Endpoints`` is a blueprint of one noun. Its ``action`` decorator takes everything a route has to say (who may call
it, what it reads, what it answers), so that no route can be without, and leaves the view with a checked ``Call``.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, Response, request
from flask_smorest import Api, Blueprint

from api import VERSION
from api.answers import Result, respond
from api.auth import admit
from api.call import Call, edge
from api.conditions import read_if_match, read_once
from api.converters import CONVERTERS
from api.describe import SECURITY_SCHEME, describe_operation, problem_components
from api.faults import Invalid
from api.jsongate import read_json
from api.operations import Operation, Raw
from api.schemas.base import ZONE, read
from api.schemas.problems import ProblemOut
from service.errors import Issue
from service.travel.cache_outside import asked_outside

View = Callable[..., Result | tuple[Result, int]]


class Endpoints:
    """The routes of one noun."""

    def __init__(self, name: str, description: str) -> None:
        self.name = name
        self.blueprint = Blueprint(name, __name__, description=description)

    def action(self, method: str, rule: str, operation: Operation) -> Callable[[View], View]:
        """Make a view the answer to a method on an address."""

        def decorate(view: View) -> View:
            @wraps(view)
            def guarded(**path: str) -> Response:
                call = _admitted(operation, view.__name__)
                result, status = _with_status(asked_outside(lambda: view(call, **path)), operation.status)
                return respond(call, result, status)

            self._route(method, rule, operation, guarded)
            return view

        return decorate

    def open(self, method: str, rule: str, operation: Operation) -> Callable[[Callable[..., Response]], Any]:
        """Make a view the answer to anybody, key or not."""

        def decorate(view: Callable[..., Response]) -> Callable[..., Response]:
            @wraps(view)
            def plain(**path: str) -> Response:
                return view(**path)

            self._route(method, rule, operation, plain)
            return view

        return decorate

    def _route(self, method: str, rule: str, operation: Operation, view: Callable[..., Response]) -> None:
        view.allowed = operation.allow  # type: ignore[attr-defined]  # what the policy test and the matrix read
        documented = self.blueprint.doc(**describe_operation(method, view.__name__, operation))(view)
        documented.allowed = operation.allow
        self.blueprint.add_url_rule(rule, endpoint=view.__name__, view_func=documented, methods=[method])

    def register(self, api: Api) -> None:
        """Add the routes to the application."""
        api.register_blueprint(self.blueprint)


def _with_status(result: Any, status: int) -> tuple[Result, int]:
    return result if isinstance(result, tuple) else (result, status)


def _admitted(operation: Operation, listing: str) -> Call:
    """The checked call; every fault of query and body at once."""
    runtime = edge().runtime
    ZONE.set(runtime.zone)
    actor = admit(runtime, request, operation.allow)
    issues: list[Issue] = []
    query = read(operation.query, _query(issues), issues)
    document: dict[str, Any] = {}
    file = b""
    if isinstance(operation.body, Raw):
        file = operation.body.read(request)
    elif operation.body is not None:
        given = read_json(request, operation.body.media, optional=operation.body.optional)
        lenient = operation.body.lenient if query.get("partial") else None
        document = read(lenient or operation.body.schema, given, issues)
    if issues:
        raise Invalid(issues)
    once = read_once(request, file or request.get_data()) if operation.once else None
    return Call(
        runtime, actor, listing, document, query, once, read_if_match(request) if operation.if_match else None, file
    )


def _query(issues: list[Issue]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, values in request.args.lists():
        found[name] = values[0]
        if len(values) > 1:
            issues.append(Issue("conflict", f"/{name}", "This parameter stands twice.", ""))
    return found


def make_api(app: Flask) -> Api:
    """flask-smorest's part of the application."""
    app.config.update(
        API_TITLE="Tournée",
        API_VERSION=VERSION,
        OPENAPI_VERSION="3.1.0",
    )

    api = Documented(app)
    app.extensions["tournee-api"] = api
    api.spec.components.security_scheme("key", SECURITY_SCHEME)
    for name, response in problem_components().items():
        api.spec.components.response(name, response)
    return api


def document_converters(api: Api) -> None:
    """Say in the description what may stand in addresses."""
    for converter in CONVERTERS.values():
        api.register_converter(converter, lambda found: dict(found.schema))


class Documented(Api):  # type: ignore[misc]
    """flask-smorest's collector of documentation, without its answers to errors."""

    DEFAULT_ERROR_RESPONSE_NAME = None
    ERROR_SCHEMA = ProblemOut

    def _register_error_handlers(self) -> None:
        """None of its own: they would drop Allow on 405."""
