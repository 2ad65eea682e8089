"""Valhalla's own traffic: found out by trying, on tiles with traffic and on the same without."""

import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import numpy as np

from service.fetching import fetch_json
from service.roads.factors import overall_factors
from service.store.tables import Json
from service.travel.slots import ANY
from service.travel.source import Place
from service.travel.valhalla_hours import OWN, ValhallaHours
from service.travel.valhalla_server import ValhallaServer
from tests.service.travel.conftest import VALHALLA, running_valhalla, valhalla_config

HERE, THERE = (48.085398, -1.663258), (48.114732, -1.685463)
FREE_KMH, BUSY_KMH = 50, 10
MOST_BYTES = 10_000_000
DIGITS = {0: 6, 1: 6, 2: 9}
"""Of a tile's number in file names, per level of the hierarchy."""


def edges_between(url: str, here: Place, there: Place) -> list[int]:
    """The numbers of the roads that lead from one place to another."""
    ends = [{"lat": lat, "lon": lon} for lat, lon in (here, there)]
    question: Json = {"locations": ends, "costing": "auto", "directions_type": "none"}
    shape = fetch_json(f"{url}/route", question, 60.0, MOST_BYTES)["trip"]["legs"][0]["shape"]
    wanted = {"attributes": ["edge.id"], "action": "include"}
    question = {"encoded_polyline": shape, "costing": "auto", "shape_match": "edge_walk", "filters": wanted}
    found = fetch_json(f"{url}/trace_attributes", question, 60.0, MOST_BYTES)
    return [edge["id"] for edge in found["edges"]]


def add_traffic(folder: Path, tiles: Path, edges: list[int]) -> None:
    """Say for some roads how fast they are at night and by day."""
    files: dict[Path, list[str]] = defaultdict(list)
    for edge in edges:
        level, tile, number = edge & 7, edge >> 3 & 0x3FFFFF, edge >> 25 & 0x1FFFFF
        digits = str(tile).rjust(DIGITS[level], "0")
        parts = [digits[start : start + 3] for start in range(0, len(digits), 3)]
        file = Path(folder, "traffic", str(level), *parts[:-1], f"{parts[-1]}.csv")
        files[file].append(f"{level}/{tile}/{number},{FREE_KMH},{BUSY_KMH},\n")
    for file, rows in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(rows))
    program = str(VALHALLA / "valhalla_add_predicted_traffic")
    command = [program, "-c", str(valhalla_config(folder, tiles, 0)), "-t", str(folder / "traffic")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_traffic_in_the_tiles_is_used(valhalla_url: str, valhalla_tiles: Path, tmp_path: Path) -> None:
    edges = edges_between(valhalla_url, HERE, THERE)
    tiles = tmp_path / "tiles"
    shutil.copytree(valhalla_tiles, tiles)
    add_traffic(tmp_path, tiles, edges)
    with running_valhalla(tmp_path, tiles) as url:
        engine = ValhallaHours(ValhallaServer(url, timeout_s=60), overall_factors())
        assert engine.slots != OWN and engine.version.endswith("-factors")
        first = engine.ways("car", [HERE], [THERE], ANY).seconds[0, 0]
        assert engine.has_traffic
        assert engine.slots == OWN and engine.version.endswith("-own")
        night, morning, day = (
            engine.ways("car", [HERE], [THERE], slot).seconds[0, 0] for slot in ("night", "morning", "day")
        )
        assert first == day
        assert morning > 1.3 * night
        on_foot = [engine.ways("foot", [HERE], [THERE], slot).seconds[0, 0] for slot in ("night", "morning")]
        assert on_foot[0] == on_foot[1]


def test_without_traffic_the_factors_hold(valhalla_url: str) -> None:
    engine = ValhallaHours(ValhallaServer(valhalla_url, timeout_s=60), overall_factors())
    free = engine.ways("car", [HERE], [THERE], ANY).seconds
    assert not engine.has_traffic and engine.version.endswith("-factors")
    evening = engine.slots.by_class["weekday"][35]
    busy = engine.ways("car", [HERE], [THERE], evening).seconds
    assert np.allclose(busy / free, overall_factors()["weekday"][35], rtol=0.01)


def test_one_place_tells_nothing(valhalla_url: str) -> None:
    engine = ValhallaHours(ValhallaServer(valhalla_url, timeout_s=60), overall_factors())
    assert engine.ways("car", [HERE], [HERE], ANY).seconds[0, 0] == 0
    assert not engine.has_traffic


def test_slots_cover_the_week() -> None:
    assert {name for day in OWN.by_class.values() for name in day} == {
        "night",
        "morning",
        "day",
        "evening",
        "saturday",
        "sunday",
    }
    assert [OWN.by_class["weekday"][half_hour] for half_hour in (6, 14, 19, 20, 32, 38)] == [
        "night",
        "morning",
        "morning",
        "day",
        "evening",
        "night",
    ]
