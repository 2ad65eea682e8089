"""Which source the settings name."""

from pathlib import Path

import pytest

from service.health import readiness
from service.places import NoGeocoder
from service.runtime import Runtime, real_now
from service.settings import BadSettings, Settings
from service.store.database import Database
from service.store.tables import Json
from service.travel import FormulaTravel, TravelSource, travel_from
from service.travel.cache import CachedTravel
from service.travel.slots import TIMELESS
from tests.service.travel.hostile import Hostile, text
from tests.service.travel.places import CENTRE


def chosen(database: Database, **settings: object) -> TravelSource:
    return travel_from(Settings(**settings), database, real_now)  # type: ignore[arg-type]


def test_without_a_graph_the_formula_serves(database: Database, tmp_path: Path) -> None:
    assert isinstance(chosen(database, roads=tmp_path), FormulaTravel)
    assert chosen(database, roads=tmp_path).state().ok


def test_built_graph_is_used_by_itself(database: Database, rennes_roads: Path) -> None:
    travel = chosen(database, roads=rennes_roads)
    assert (travel.name, travel.slots.is_timed) == ("osrm", True)
    assert chosen(database, roads=rennes_roads, traffic="off").slots == TIMELESS
    assert isinstance(chosen(database, roads=rennes_roads, travel_engine="formula"), FormulaTravel)


@pytest.mark.parametrize("engine", ["osrm", "valhalla"])
def test_servers_are_asked_when_they_are_named(database: Database, hostile: Hostile, engine: str) -> None:
    travel = chosen(database, travel_engine=engine, travel_url=hostile.url)
    assert (travel.name, travel.slots.is_timed) == (engine, True)
    assert chosen(database, travel_engine=engine, travel_url=hostile.url, traffic="off").slots == TIMELESS
    assert not travel.table("car", [CENTRE], [(48.12, -1.66)]).degraded
    assert isinstance(travel, CachedTravel) and travel.settle()


def test_valhalla_wants_an_address(database: Database) -> None:
    with pytest.raises(BadSettings, match="TOURNEE_TRAVEL_URL"):
        chosen(database, travel_engine="valhalla")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "127.0.0.1:5000", "ftp://roads.example"])
def test_address_of_another_kind_is_refused(database: Database, url: str) -> None:
    with pytest.raises(BadSettings, match="TOURNEE_TRAVEL_URL"):
        chosen(database, travel_engine="osrm", travel_url=url)


def test_readiness_says_when_travel_is_degraded_and_stays_ready(database: Database, hostile: Hostile) -> None:
    hostile.answer = text(b"", 500)
    travel = chosen(database, travel_engine="osrm", travel_url=hostile.url, travel_timeout_s=1.0)
    rt = Runtime(Settings(), database, travel, NoGeocoder(), real_now)
    assert check(rt) == {"check": "travel", "ok": True, "detail": "osrm answers", "degraded": False}
    travel.table("car", [CENTRE], [(48.12, -1.66)])
    found = check(rt)
    assert (found["ok"], found["degraded"]) == (True, True)
    assert found["detail"].startswith("degraded: osrm is down (status 500)")


def check(rt: Runtime) -> Json:
    (found,) = [finding for finding in readiness(rt) if finding["check"] == "travel"]
    return found
