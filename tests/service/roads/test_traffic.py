"""One data set per slot, asked by the engine itself."""

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import osrm
import pytest

from service.roads.factors import CLASSES, classes_at, default_slots, factor_of
from service.roads.graph import read_graph
from service.roads.programs import prepare
from service.roads.refusals import RoadsRefused
from service.roads.segments import Floats, read_segments
from service.roads.speeds import Measured, Span
from service.roads.traffic import LEAST_KMH, Traffic, add_slots, slots_with
from service.travel.slots import ANY, DAY_CLASSES
from tests.service.roads.extracts import BLOCK, TOWN, a_town, write_extract

PEAK = Span("weekday", 34, 37)
LONG_M = 60.0
"""Steps from there on are not told apart by the rounding to tenths of seconds."""


@dataclass(frozen=True)
class Car:
    """A data set of free flow, and what it was built from."""

    extract: Path
    base: Path

    def slots(self, target: Path, *measured: Measured) -> Traffic:
        return add_slots(self.base, self.extract, target, measured, hush)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Car:
    """Eight residential streets by eight tertiary ones."""
    folder = tmp_path_factory.mktemp("town")
    extract = a_town(folder / "town.osm.pbf")
    return Car(extract, prepare("car", extract, folder / "car", hush))


@pytest.fixture(scope="session")
def rennes(rennes_roads: Path) -> Car:
    graph = read_graph(rennes_roads)
    assert graph is not None
    return Car(graph.extract, graph.data["car"][ANY])


@pytest.fixture(scope="module")
def rennes_measured(rennes: Car, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Traffic:
    folder = shared_data / "rennes"
    return rennes.slots(
        tmp_path_factory.mktemp("slots"),
        Measured("17:00-18:30", folder / "rennes-demo-speeds-peak1724.csv"),
        Measured("12:00-14:00", folder / "rennes-demo-speeds-midday1255.csv"),
    )


def hush(_line: str) -> None:
    """Listens to no progress."""


def table(data: Path, places: Sequence[tuple[float, float]]) -> Floats:
    """Seconds between all places, nan where there is no way."""
    engine = osrm.OSRM(storage_config=str(data), algorithm="MLD", use_shared_memory=False)
    answer = engine.Table(osrm.TableParameters(coordinates=[(lon, lat) for lat, lon in places]))
    rows = [[np.nan if cell is None else float(cell) for cell in row] for row in answer["durations"]]
    return np.array(rows)


def addresses(shared_data: Path, count: int) -> list[tuple[float, float]]:
    with (shared_data / "rennes" / "rennes-addresses-sample.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[:count]
    return [(float(row["lat"]), float(row["lon"])) for row in rows]


def digests(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}


def test_segments_are_those_of_the_streets(town: Car) -> None:
    segments = read_segments(town.base)
    assert len(segments.start) == 2 * 2 * 8 * 7
    row, column = segments.find(np.array([1, 1, 1, 2, 999]), np.array([2, 9, 10, 1, 1])), [0, 1, 3]
    assert (row[column] >= 0).all()
    assert row[[2, 4]].tolist() == [-1, -1]
    assert segments.metres[row[1]] == pytest.approx(111.2, abs=0.2)
    assert segments.kmh[row[0]] == pytest.approx(25, rel=0.01)
    assert segments.kmh[row[1]] == pytest.approx(40, rel=0.01)


@pytest.mark.parametrize("slot", [name for name in default_slots().names if name != ANY])
def test_slot_takes_longer_by_the_factor_of_each_class(town: Car, slot: str, tmp_path: Path) -> None:
    traffic = town.slots(tmp_path)
    free, slow = read_segments(town.base), read_segments(traffic.data[slot])
    for ends, kind in (((1, 2), "quiet"), ((1, 9), "town")):
        (step,) = free.find(*(np.array([number]) for number in ends))
        assert slow.seconds[step] / free.seconds[step] == pytest.approx(factor_of(kind, slot), rel=0.01)
        assert slow.weight[step] / free.weight[step] == pytest.approx(factor_of(kind, slot), rel=0.01)


def test_every_slot_has_a_data_set_and_free_flow_is_left_as_it_was(town: Car, tmp_path: Path) -> None:
    before = digests(town.base.parent)
    traffic = town.slots(tmp_path)
    assert digests(town.base.parent) == before
    assert traffic.slots == default_slots()
    assert set(traffic.data) == set(traffic.slots.names)
    assert traffic.data[ANY] == town.base
    assert traffic.measured == {}
    assert {file.name for file in traffic.data["evening"].parent.iterdir()} == set(before)


def test_only_what_customising_writes_takes_room_again(town: Car, tmp_path: Path) -> None:
    folder = town.slots(tmp_path).data["light"].parent
    own = {file.suffix for file in folder.iterdir() if not file.samefile(town.base.parent / file.name)}
    assert own == {".geometry", ".datasource_names", ".mldgr", ".cell_metrics"}


def test_measured_speeds_hold_in_their_slot_and_factors_beside_them(town: Car, tmp_path: Path) -> None:
    file = tmp_path / "peak.csv"
    file.write_text("1,9,10\n2,1,0.5\n", "utf-8")
    traffic = town.slots(tmp_path / "slots", Measured("17:00-18:30", file))
    assert traffic.measured == {PEAK.name: "peak.csv"}
    assert "evening" not in traffic.slots.names  # nothing is left of it
    assert traffic.slots.by_class["weekday"][34:37] == (PEAK.name,) * 3
    free, peak = read_segments(town.base), read_segments(traffic.data[PEAK.name])
    given, back, slowest, other = free.find(np.array([1, 9, 2, 3]), np.array([9, 1, 1, 11]))
    assert peak.kmh[given] == pytest.approx(10, rel=0.01)
    assert peak.seconds[back] / free.seconds[back] == pytest.approx(factor_of("town", "evening"), rel=0.01)
    assert peak.kmh[slowest] == pytest.approx(LEAST_KMH, rel=0.01)
    assert peak.seconds[other] / free.seconds[other] == pytest.approx(factor_of("town", "evening"), rel=0.01)


def test_engine_answers_with_the_speeds_of_the_slot(town: Car, tmp_path: Path) -> None:
    file = tmp_path / "jam.csv"
    file.write_text("".join(f"{number},{number + 8},5\n" for number in range(1, 57)), "utf-8")  # all northward
    traffic = town.slots(tmp_path / "slots", Measured("17:00", file))
    south, north = (TOWN[0] + 0.1 * BLOCK, TOWN[1]), (TOWN[0] + 6.9 * BLOCK, TOWN[1])
    free, jam = (table(traffic.data[slot], [south, north]) for slot in (ANY, "weekday-1700-1730"))
    assert jam[0, 1] > 5 * free[0, 1]
    assert jam[1, 0] == pytest.approx(free[1, 0] * factor_of("town", "evening"), rel=0.05)


def test_span_over_several_levels_keeps_them_below_what_is_measured() -> None:
    slots, files = slots_with([Span("weekday", 32, 35), Span("saturday", 20, 22)])
    assert slots.by_class["weekday"][32:36] == (
        "weekday-1600-1730-light", "weekday-1600-1730-busy", "weekday-1600-1730-evening", "evening",
    )  # fmt: skip
    assert files["weekday-1600-1730-busy"] == (0, "busy")
    assert files["saturday-1000-1100"] == (1, ANY)
    assert slots.by_class["sunday"] == default_slots().by_class["sunday"]


def test_every_bad_file_is_named_before_anything_is_made(town: Car, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("1,9,none\n", "utf-8")
    options = Measured("17:00", tmp_path / "bad.csv"), Measured("18:00", tmp_path / "none.csv")
    with pytest.raises(RoadsRefused) as refused:
        town.slots(tmp_path / "slots", *options)
    assert len(refused.value.faults) == 2
    assert not (tmp_path / "slots").exists()


def test_ferries_know_no_rush_hour(tmp_path: Path) -> None:
    points = {1: (48.10, -1.68), 2: (48.11, -1.68), 3: (48.12, -1.68), 4: (48.13, -1.68)}
    street, ferry = {"highway": "tertiary"}, {"route": "ferry", "duration": "00:20", "motor_vehicle": "yes"}
    extract = write_extract(tmp_path / "ferry.osm.pbf", points, [((1, 2), street), ((2, 3), ferry), ((3, 4), street)])
    car = Car(extract, prepare("car", extract, tmp_path / "car", hush))
    traffic = car.slots(tmp_path / "slots")
    free, evening = (read_segments(traffic.data[slot]) for slot in (ANY, "evening"))
    crossing, road = free.find(np.array([2, 1]), np.array([3, 2]))
    assert free.seconds[crossing] == pytest.approx(1200, rel=0.01)
    assert evening.seconds[crossing] == free.seconds[crossing]
    assert evening.seconds[road] > free.seconds[road]


@pytest.mark.parametrize("suffix", [".geometry", ".nbg_nodes"])
def test_data_set_that_cannot_be_read_is_refused(town: Car, suffix: str, tmp_path: Path) -> None:
    for file in town.base.parent.iterdir():
        (tmp_path / file.name).write_bytes(b"no tar" if file.suffix == suffix else file.read_bytes())
    with pytest.raises(RoadsRefused, match="build the roads again"):
        read_segments(tmp_path / town.base.name)


def test_same_speeds_make_the_same_table(rennes: Car, shared_data: Path, tmp_path: Path) -> None:
    """Measured speeds that are those of the profile: what is written for OSRM says just what it had."""
    segments = read_segments(rennes.base)
    ids = segments.ids
    rows = zip(ids[segments.start].tolist(), ids[segments.end].tolist(), segments.kmh.tolist(), strict=True)
    (tmp_path / "same.csv").write_text(
        "".join(f"{a},{b},{kmh:.6f}\n" for a, b, kmh in rows if kmh > LEAST_KMH), "ascii"
    )
    traffic = rennes.slots(tmp_path / "slots", Measured("sunday/10:00", tmp_path / "same.csv"))
    places = addresses(shared_data, 60)
    free, same = (table(traffic.data[slot], places) for slot in (ANY, "sunday-1000-1030"))
    assert not np.isnan(free).any()
    assert same == pytest.approx(free, rel=0.02, abs=0.5)


def test_measured_peak_and_midday_differ_as_was_measured(rennes: Car, rennes_measured: Traffic) -> None:
    segments = read_segments(rennes.base)
    peak, midday = (read_segments(rennes_measured.data[span]) for span in (PEAK.name, "weekday-1200-1400"))
    is_both = (peak.seconds != segments.seconds) & (midday.seconds != segments.seconds) & (segments.metres > LONG_M)
    ratio = peak.seconds[is_both] / midday.seconds[is_both]
    assert len(ratio) > 500
    assert np.median(ratio) == pytest.approx(1.3, abs=0.1)


def test_assumed_evening_is_by_class_as_documented(rennes: Car, tmp_path: Path) -> None:
    free, evening = read_segments(rennes.base), read_segments(rennes.slots(tmp_path).data["evening"])
    is_long = free.metres > LONG_M
    found = (evening.seconds / np.where(free.seconds > 0, free.seconds, 1.0))[is_long]
    wanted = np.array([factor_of(CLASSES[one], "evening") for one in classes_at(free.road_kmh[is_long])])
    is_quiet = np.isclose(found, factor_of("quiet", "evening"), rtol=0.02)
    assert (np.isclose(found, wanted, rtol=0.02) | is_quiet).all()
    assert 0.1 < is_quiet.mean() < 0.7
    assert len(set(np.round(wanted, 3))) == len(CLASSES) - 1


def test_neighbouring_slots_never_make_a_later_departure_arrive_earlier(
    rennes_measured: Traffic, shared_data: Path
) -> None:
    places = addresses(shared_data, 60)
    tables = {slot: table(data, places) for slot, data in rennes_measured.data.items()}
    for day in DAY_CLASSES:
        for one, other in pairwise(rennes_measured.slots.by_class[day]):
            assert (tables[one] <= tables[other] + 1800).all()
    assert np.median(tables[PEAK.name] / np.maximum(tables[ANY], 1)) > 1.15
