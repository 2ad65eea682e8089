"""/docs: the description to click through, by the viewer of the wheel swagger-ui-bundle; nothing else is asked."""

import json
from pathlib import Path

from flask import Blueprint, Response, current_app, send_from_directory
from swagger_ui_bundle import swagger_ui_path

from api import openapi

OURS = Path(__file__).parents[1] / "viewer"
THEIRS = Path(str(swagger_ui_path))

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

blueprint = Blueprint("viewer", __name__, url_prefix="/docs")


@blueprint.get("")
def page() -> Response:
    """The page."""
    return _sent(OURS, "index.html")


@blueprint.get("/start.js")
def start() -> Response:
    """What starts the viewer."""
    return _sent(OURS, "start.js")


@blueprint.get("/<any('swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'):name>")
def file(name: str) -> Response:
    """A file of the viewer."""
    return _sent(THEIRS, name)


@blueprint.get("/openapi.json")
def description() -> Response:
    """The description in the words that the viewer reads."""
    return Response(json.dumps(openapi.for_viewer(openapi.describe(current_app))), mimetype="application/json")


def _sent(folder: Path, name: str) -> Response:
    response = send_from_directory(folder, name, max_age=3600)
    response.headers["Content-Security-Policy"] = POLICY
    return response
