"""Requests that the description allows, and some that it does not: no 5xx, no answer that is not described."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.openapi import from_wsgi
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from service.store.database import Database
from tests.api.conftest import World, build_world
from tests.api.test_access import things_of
from tests.api.test_description import OPERATIONS

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]

FEW = settings(
    max_examples=8,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)

FUZZED = [
    pytest.param(path, method, mode, id=f"{operation['operationId']}-{mode.value}")
    for path, method, operation in OPERATIONS
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    if path != "/readyz" and (mode is GenerationMode.POSITIVE or operation["parameters"] or "{" in path)
]


@pytest.fixture(scope="module")
def filled(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, dict[str, Any]]]:
    """One world for all requests, with one of everything in it."""
    file = tmp_path_factory.mktemp("fuzz") / "tournee.sqlite3"
    copy(sqlite_template, file)
    database = Database(f"sqlite:///{file}")
    world = build_world(database)
    yield world, things_of(world)
    database.close()


@pytest.mark.parametrize(("path", "method", "mode"), FUZZED)
def test_no_request_breaks_the_service(
    filled: tuple[World, dict[str, Any]], path: str, method: str, mode: GenerationMode
) -> None:
    world, things = filled
    operation = from_wsgi("/openapi.json", world.app)[path][method.upper()]
    named = {name: value for name, value in things.items() if f"{{{name}}}" in path}

    @FEW
    @given(data=st.data())
    def fuzz(data: st.DataObject) -> None:
        existing = data.draw(st.booleans())
        case = data.draw(operation.as_strategy(mode, path_parameters=named if existing and named else None))
        response = case.call(headers={"Authorization": f"Bearer {world.dispatcher.key}"})
        case.validate_response(response, checks=CHECKS)

    fuzz()
