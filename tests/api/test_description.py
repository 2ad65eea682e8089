"""The description and the examples in it are true."""

from typing import Any

import pytest

from api.openapi import bare_app
from tests.api.caller import description, openapi_path, validate

OPERATIONS = [
    (path, method, operation)
    for path, methods in description()["paths"].items()
    for method, operation in methods.items()
    if method != "parameters"
]


def test_every_route_is_described_and_nothing_else() -> None:
    routes = {
        (openapi_path(rule.rule), method.lower())
        for rule in bare_app().url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.endpoint.startswith(("viewer.", "pages."))
    }
    assert routes == {(path, method) for path, method, _ in OPERATIONS}


@pytest.mark.parametrize(
    ("path", "method", "operation"), OPERATIONS, ids=[one["operationId"] for _, _, one in OPERATIONS]
)
def test_operation_is_described_with_examples_that_fit(path: str, method: str, operation: dict[str, Any]) -> None:
    assert operation["summary"]
    assert len(operation["tags"]) == 1
    success = next(one for status, one in sorted(operation["responses"].items()) if status.startswith("2"))
    for content in [*success["content"].values(), *operation.get("requestBody", {}).get("content", {}).values()]:
        if "contentMediaType" in str(content["schema"]):  # a file in a form
            continue
        assert "example" in content, f"{method} {path}"
        faults = [error.message for error in validate(content["schema"], content["example"])]
        assert not faults


def test_operation_ids_are_unique() -> None:
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(names) == len(set(names))


def test_colons_stand_in_paths_as_they_are_called() -> None:
    paths = description()["paths"]
    for path in ("/v1/jobs:batch", "/v1/jobs:import", "/v1/optimisations/{run}:stop", "/v1/plans/{plan}:publish"):
        assert "post" in paths[path]
    assert [one["name"] for one in paths["/v1/optimisations/{run}:stop"]["parameters"]] == ["run"]
    assert [one["name"] for one in paths["/v1/sites/{site}"]["parameters"]] == ["site"]
