"""Somebody who calls the API; every answer that any test gets is held against openapi.yaml's schemas."""

import json as jsonlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import jsonschema_rs
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from api import openapi


@cache
def description() -> dict[str, Any]:
    """The description of the API."""
    return openapi.describe(openapi.bare_app())


def validate(schema: Mapping[str, Any], body: Any) -> Iterator[Any]:
    """Everything in which a body departs from a schema of the description."""
    found: Iterator[Any] = _validator(jsonlib.dumps(schema)).iter_errors(body)
    return found


@cache
def _validator(schema: str) -> Any:
    return jsonschema_rs.validator_for(
        jsonlib.loads(schema) | {"components": description()["components"]}, validate_formats=True
    )


@dataclass(frozen=True)
class Caller:
    """One key's holder; no key at all with None."""

    app: Flask
    key: str | None

    def get(self, path: str, **options: Any) -> TestResponse:
        """GET."""
        return self.request("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        """POST."""
        return self.request("POST", path, json=json, **options)

    def put(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        """PUT."""
        return self.request("PUT", path, json=json, **options)

    def patch(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        """PATCH."""
        return self.request("PATCH", path, json=json, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        """DELETE."""
        return self.request("DELETE", path, **options)

    def request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        match: int | str | None = None,
        once: str | None = None,
        **options: Any,
    ) -> TestResponse:
        """Any request; ``match`` is a revision for If-Match, ``once`` an Idempotency-Key."""
        sent = dict(headers or {})
        if self.key is not None:
            sent.setdefault("Authorization", f"Bearer {self.key}")
        if match is not None:
            sent["If-Match"] = match if isinstance(match, str) else f'"{match}"'
        if once is not None:
            sent["Idempotency-Key"] = once
        if options.get("json", ...) is None:
            del options["json"]
        answer = self.app.test_client().open(path, method=method, headers=sent, buffered=True, **options)
        check_answer(self.app, method, answer)
        return answer


def check_answer(app: Flask, method: str, answer: TestResponse) -> None:
    """The status is documented, the body fits its schema, problems are problems."""
    if answer.status_code >= 400 and method != "HEAD":
        assert answer.mimetype == "application/problem+json", answer.text
        assert not list(validate({"$ref": "#/components/schemas/ProblemOut"}, answer.json)), answer.text
        problem = answer.get_json()
        assert problem["status"] == answer.status_code
        assert problem["request_id"] == answer.headers["X-Request-ID"]
        assert "Traceback" not in answer.text
    operation = find_operation(app, method, answer)
    if operation is None or answer.status_code == 500:
        return
    assert str(answer.status_code) in operation["responses"], f"{answer.status_code} is not documented: {answer.text}"
    response = operation["responses"][str(answer.status_code)]
    if "$ref" in response:
        response = description()["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    for name in response.get("headers", {}):
        if name in ("Location", "Retry-After") and "dry_run" not in answer.request.args:
            assert name in answer.headers
    content = response.get("content", {}).get(answer.mimetype)
    if content is None:
        assert not answer.data or method == "HEAD", f"{answer.mimetype} is not documented"
    elif str(answer.mimetype).endswith("json") and answer.data:
        found = [f"{list(error.instance_path)}: {error.message}" for error in validate(content["schema"], answer.json)]
        assert not found, "; ".join(found)[:2000]


def find_operation(app: Flask, method: str, answer: TestResponse) -> dict[str, Any] | None:
    """What the description says of the route that answered; None where no route did."""
    adapter = app.url_map.bind_to_environ(answer.request.environ)
    try:
        rule, _ = adapter.match(method=method, return_rule=True)
    except HTTPException:
        return None
    path = openapi_path(rule.rule)
    found: dict[str, Any] | None = description()["paths"].get(path, {}).get(method.lower())
    return found


def openapi_path(rule: str) -> str:
    """A route's address as the description writes it."""
    from flask_smorest.spec.plugins import FlaskPlugin  # noqa: PLC0415

    path: str = FlaskPlugin.flaskpath2openapi(rule)
    return path


def faults(answer: TestResponse) -> set[tuple[str, str]]:
    """Code and pointer of every fault of a 422."""
    assert answer.status_code == 422, answer.text
    assert answer.json is not None
    return {(fault["code"], fault["pointer"]) for fault in answer.json["errors"]}
