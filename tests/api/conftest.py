"""The API on a fresh database, with one key of every kind, at half past six on Friday 13 March 2020."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from api.app import create_app
from service.access import create_key
from service.kinds import put_kind
from service.places import NoGeocoder
from service.runtime import Runtime
from service.settings import Settings
from service.store.database import Database
from service.store.events import SERVICE
from service.store.tables import Role
from service.team import post_technician
from service.travel import FormulaTravel
from tests.api.caller import Caller

NOW = datetime(2020, 3, 13, 5, 30, tzinfo=UTC)
"""06:30 in Rennes."""

KIND = "wifi_trouble"

TECHNICIAN: dict[str, Any] = {
    "name": "Anna",
    "skills": [{"name": "network", "level": 3, "speed": 1.0}],
    "home": {"lat": 48.1173, "lon": -1.6778},
    "week": [{"days": ["mon", "tue", "wed", "thu", "fri"], "start": "08:00", "end": "17:30", "overtime_s": 3600}],
}

JOB: dict[str, Any] = {
    "client": {"name": "Cabinet Le Gall", "phone": "+33 2 99 00 00 00"},
    "site": {"address": "4 rue Leperdit, 35000 Rennes", "lat": 48.1126, "lon": -1.6829, "security_appliance": False},
    "kind": KIND,
}


@dataclass(frozen=True)
class World:
    """The application and those who call it."""

    runtime: Runtime
    app: Flask
    portal: Caller
    other_portal: Caller
    dispatcher: Caller
    admin: Caller
    anna: Caller
    bert: Caller
    nobody: Caller
    technicians: dict[str, str]

    def job(self, **changes: Any) -> dict[str, Any]:
        """A job document that is sound."""
        return JOB | changes

    def post_job(self, caller: Caller | None = None, **changes: Any) -> dict[str, Any]:
        """A job that is there."""
        answer = (caller or self.portal).post("/v1/jobs", self.job(**changes))
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.get_json()
        return body


def build_world(database: Database) -> World:
    """The application on that database."""
    runtime = Runtime(
        Settings(database_url=str(database.url)), database, FormulaTravel(), NoGeocoder(), now=lambda: NOW
    )
    put_kind(runtime, SERVICE, KIND, {"title": "No wifi", "service_s": 3600, "remote": True}, None)
    technicians = {
        name: post_technician(runtime, SERVICE, TECHNICIAN | {"name": name.title()}).body["id"]
        for name in ("anna", "bert")
    }
    app = create_app(runtime)

    def caller(role: Role, name: str) -> Caller:
        return Caller(app, create_key(runtime, SERVICE, role, name, technicians.get(name)))

    portal = caller(Role.PORTAL, "web")
    return World(
        runtime,
        app,
        portal,
        caller(Role.PORTAL, "partner"),
        caller(Role.DISPATCHER, "desk"),
        caller(Role.ADMIN, "chief"),
        caller(Role.TECHNICIAN, "anna"),
        caller(Role.TECHNICIAN, "bert"),
        Caller(app, None),
        technicians,
    )


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    """The API on SQLite."""
    database = Database(sqlite_url)
    yield build_world(database)
    database.close()


@pytest.fixture
def any_world(database: Database) -> World:
    """The API on SQLite and on PostgreSQL."""
    return build_world(database)
