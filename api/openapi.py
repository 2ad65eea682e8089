"""openapi.yaml, written from the code in the order of the code."""

from typing import Any, cast

import yaml
from flask import Flask

from api.call import Edge
from api.cursors import Cursors

DESCRIPTION = """Plans and routes field technicians.

Send `Authorization: Bearer <key>`. Refusals are `application/problem+json` and name every fault at once.
POSTs accept `Idempotency-Key`; things carry an `ETag`, and changing one wants it in `If-Match`.
Lists take `limit` and `cursor`. Instants are RFC 3339 with their offset, days `YYYY-MM-DD`, durations whole seconds.
Ignore fields that you do not know: more may come."""

TOP = ("openapi", "info", "servers", "tags", "paths", "components")


class _Dumper(yaml.SafeDumper):
    """Block style, no anchors, long texts as blocks."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        """Everything is written out."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def document() -> str:
    """The whole description as YAML; the same for the same code."""
    return to_yaml(describe(bare_app()))


def to_yaml(description: dict[str, Any]) -> str:
    """YAML in the order of the description."""
    text: str = yaml.dump(description, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=118)
    return text


def describe(app: Flask) -> dict[str, Any]:
    """The description of an application's routes."""
    found = plain(cast("dict[str, Any]", app.extensions["tournee-api"].spec.to_dict()))
    found["info"] = {"title": found["info"]["title"], "version": found["info"]["version"], "description": DESCRIPTION}
    found["servers"] = [{"url": "/"}]
    components = found["components"]
    found["components"] = {name: components[name] for name in ("schemas", "responses", "securitySchemes")}
    return {name: found[name] for name in TOP}


def bare_app() -> Flask:
    """The application without anything behind it: good for its description only."""
    from api.app import add_routes  # noqa: PLC0415  (it imports this module to serve the description)

    app = Flask("api", static_folder=None)
    app.extensions["tournee"] = Edge(runtime=cast("Any", None), cursors=Cursors(""))
    add_routes(app)
    return app


def plain(value: Any) -> Any:
    """Dicts, lists and scalars only; statuses are texts."""
    if isinstance(value, dict):
        return {str(name): plain(below) for name, below in value.items()}
    if isinstance(value, list | tuple):
        return [plain(below) for below in value]
    return str(value) if isinstance(value, str) else value


def for_viewer(value: Any) -> Any:
    """The description in the words of OpenAPI 3.0, which is what the bundled viewer reads."""
    if isinstance(value, list):
        return [for_viewer(below) for below in value]
    if not isinstance(value, dict):
        return value
    found = {name: for_viewer(below) for name, below in value.items()}
    kinds = found.get("type")
    if isinstance(kinds, list):
        found["type"] = next(kind for kind in kinds if kind != "null")
        found["nullable"] = True
        found["enum"] = [word for word in found.get("enum", []) if word is not None]
        if not found["enum"]:
            del found["enum"]
    choices = found.get("anyOf")
    if isinstance(choices, list) and {"type": "null"} in choices:
        del found["anyOf"]
        found["allOf"] = [choice for choice in choices if choice != {"type": "null"}]
        found["nullable"] = True
    if found.pop("contentMediaType", None):
        found["format"] = "binary"
    if "openapi" in found:
        found["openapi"] = "3.0.3"
    return found
