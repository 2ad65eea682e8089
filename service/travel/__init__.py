"""Travel between places, behind one protocol."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from service.settings import BadSettings, Settings
from service.store.database import Database
from service.travel.formula import FormulaTravel, great_circle_m
from service.travel.slots import ANY, Slots
from service.travel.source import PROFILES, SOURCES, Line, Place, Snap, State, Tables, TravelSource

if TYPE_CHECKING:
    from service.travel.engine import Engine

__all__ = [
    "ANY",
    "PROFILES",
    "SOURCES",
    "FormulaTravel",
    "Line",
    "Place",
    "Slots",
    "Snap",
    "State",
    "Tables",
    "TravelSource",
    "great_circle_m",
    "travel_from",
]


def travel_from(settings: Settings, database: Database, now: Callable[[], datetime]) -> TravelSource:
    """The best source that the settings name, with what it said before; ``now`` is the real time."""
    engine = _engine_from(settings)
    if engine is None:
        return FormulaTravel()
    # imported here: they and the road graph read this package's slots
    from service.travel.cache import CachedTravel  # noqa: PLC0415
    from service.travel.road_travel import RoadTravel  # noqa: PLC0415

    return CachedTravel(RoadTravel(engine, FormulaTravel()), database, now)


def _engine_from(settings: Settings) -> "Engine | None":
    """The road engine that the settings name; None: none, or there is no graph."""
    name = settings.travel_engine
    if name == "formula":
        return None
    if name == "valhalla" and not settings.travel_url:
        raise BadSettings("TOURNEE_TRAVEL_ENGINE=valhalla wants TOURNEE_TRAVEL_URL, the address of a Valhalla server")
    if name != "auto" and settings.travel_url:
        return _server_from(settings)
    from service.roads.graph import open_graph  # noqa: PLC0415
    from service.travel.osrm_pool import OsrmPool  # noqa: PLC0415
    from service.travel.osrm_process import OsrmProcess  # noqa: PLC0415

    graph = open_graph(settings)
    if graph is None:
        return None
    is_timed = settings.traffic != "off"
    return OsrmPool(lambda: OsrmProcess(graph, settings.roads, timeout_s=settings.travel_timeout_s, is_timed=is_timed))


def _server_from(settings: Settings) -> "Engine":
    if urlsplit(settings.travel_url).scheme not in ("http", "https"):
        raise BadSettings("TOURNEE_TRAVEL_URL: wanted is an address like http://127.0.0.1:5000")
    from service.roads.factors import overall_factors  # noqa: PLC0415
    from service.travel.hourly import HourlyEngine  # noqa: PLC0415
    from service.travel.osrm_server import OsrmServer  # noqa: PLC0415
    from service.travel.valhalla_hours import ValhallaHours  # noqa: PLC0415
    from service.travel.valhalla_server import ValhallaServer  # noqa: PLC0415

    url, timeout_s, is_timed = settings.travel_url, settings.travel_timeout_s, settings.traffic != "off"
    if settings.travel_engine == "valhalla":
        valhalla = ValhallaServer(url, timeout_s=timeout_s)
        return ValhallaHours(valhalla, overall_factors()) if is_timed else valhalla
    osrm = OsrmServer(url, timeout_s=timeout_s)
    return HourlyEngine(osrm, overall_factors()) if is_timed else osrm
