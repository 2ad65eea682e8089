"""A road engine that hangs: whoever posts a job does not hang with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from threading import Event

import pytest

from api.app import create_app
from service.access import create_key
from service.store.database import Database
from service.store.events import SERVICE
from service.store.tables import Role
from service.travel import Place, Snap, haste
from service.travel.cache import CachedTravel
from tests.api.caller import Caller
from tests.api.conftest import JOB, build_world
from tests.polling import wait_until
from tests.service.fake_roads import FakeRoads


class HangingRoads(FakeRoads):
    """They answer when the test lets them."""

    def __init__(self) -> None:
        super().__init__()
        self.let = Event()
        self.before_answer = self.wait

    def wait(self) -> None:
        assert self.let.wait(60)

    def snaps(self, profile: str, places: Sequence[Place]) -> list[Snap]:
        """When they are let."""
        self.wait()
        return [Snap(400.0) for _ in super().snaps(profile, places)]


@dataclass(frozen=True)
class Hanging:
    """A portal at a service whose roads hang."""

    roads: HangingRoads
    portal: Caller


@pytest.fixture
def hanging(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hanging]:
    monkeypatch.setattr(haste, "PATIENCE_S", 0.1)
    built = build_world(database)
    roads = HangingRoads()
    travel = CachedTravel(roads, database, built.runtime.real_now)
    runtime = replace(built.runtime, travel=travel)
    portal = Caller(create_app(runtime), create_key(runtime, SERVICE, Role.PORTAL, "shop"))
    yield Hanging(roads, portal)
    roads.let.set()
    assert travel.settle()


def test_job_is_taken_in_while_the_engine_hangs(hanging: Hanging) -> None:
    posted = []
    for number in range(12):
        site = {**JOB["site"], "lat": 48.1 + number / 1000, "lon": -1.7}
        answer = hanging.portal.post("/v1/jobs", JOB | {"site": site})
        assert answer.status_code == 201, answer.text
        assert answer.get_json()["warnings"] == []
        posted.append(answer.get_json()["id"])
    assert not hanging.roads.let.is_set()
    hanging.roads.let.set()

    def warnings() -> list[str]:
        shown = hanging.portal.get(f"/v1/jobs/{posted[0]}").get_json()
        return [one["code"] for one in shown["warnings"]]

    wait_until(lambda: warnings() == ["off_road"], 60, "the engine was heard after all")
    assert hanging.roads.asked_inside == 0
