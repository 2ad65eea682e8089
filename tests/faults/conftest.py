"""A small real business, served, for each fault test."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from service.access import create_key
from service.places import NoGeocoder
from service.runtime import Runtime
from service.settings import Settings
from service.store.database import Database
from service.store.events import SERVICE
from service.store.tables import Role
from service.travel import FormulaTravel
from tests.faults.server import NOW, Keys, Server
from tests.service.things import DISPATCHER, a_job, a_kind, a_person

Serve = Callable[..., Server]

JOBS = 14
TECHNICIANS = 3


def found_business(url: str) -> Keys:
    """Three technicians, fourteen jobs around Rennes, and keys."""
    now = datetime.fromisoformat(NOW)
    rt = Runtime(Settings(auto_optimise="off"), Database(url), FormulaTravel(), NoGeocoder(), lambda: now)
    a_kind(rt, remote=False)
    for number in range(TECHNICIANS):
        a_person(rt, f"Person {number}")
    for number in range(JOBS):
        site = {"lat": 48.08 + 0.005 * number, "lon": -1.72 + 0.007 * (number * 5 % JOBS), "address": "Rennes"}
        a_job(rt, DISPATCHER, site=site, external_ref=f"job-{number}", service_s=2700 + 300 * (number % 5))
    keys = Keys(create_key(rt, SERVICE, Role.DISPATCHER, "desk"), create_key(rt, SERVICE, Role.PORTAL, "web"))
    rt.database.close()
    return keys


@pytest.fixture(scope="session")
def business(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Keys]:
    """The business as an SQLite file to copy."""
    file = tmp_path_factory.mktemp("business") / "business.sqlite3"
    shutil.copy(sqlite_template, file)
    return file, found_business(f"sqlite:///{file}")


@pytest.fixture
def serve(business: tuple[Path, Keys], tmp_path: Path) -> Iterator[Serve]:
    """Serves a copy of the business."""
    template, keys = business
    servers: list[Server] = []

    def start(**settings: object) -> Server:
        file = shutil.copy(template, tmp_path / "tournee.sqlite3")
        servers.append(Server(tmp_path, f"sqlite:///{file}", keys, **settings))
        return servers[-1].serve()

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def server(serve: Serve) -> Server:
    """The business, served as usual."""
    return serve()
