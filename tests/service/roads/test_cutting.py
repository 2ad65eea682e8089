"""What of an extract is kept."""

from pathlib import Path

import osmium
import pytest

from service.roads import cutting
from service.roads.cutting import cut_extract
from tests.service.roads.extracts import a_town, write_extract


def kept(file: Path) -> dict[str, list[int]]:
    """The numbers of what is in a file, by kind, in its order."""
    found: dict[str, list[int]] = {"n": [], "w": [], "r": []}
    for one in osmium.FileProcessor(file):
        found[one.type_str()].append(one.id)
    return found


def cut(source: Path, box: tuple[float, float, float, float] | None = None) -> dict[str, list[int]]:
    target = source.with_name("cut.osm.pbf")
    cut_extract(source, target, box, lambda _line: None)
    return kept(target)


@pytest.fixture(params=["memory", "file"])
def town(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A town, read like a small extract or like a large one."""
    if request.param == "file":
        monkeypatch.setattr(cutting, "LARGE_BYTES", 0)
    return a_town(tmp_path / "town.osm.pbf")


def test_all_streets_are_kept_without_a_box_and_borders_are_not(town: Path) -> None:
    found = cut(town)
    assert found["w"] == list(range(1, 17))
    assert found["n"] == list(range(1, 65))
    assert found["r"] == []
    assert [path.name for path in town.parent.glob("*.points")] == []


def test_ways_that_touch_the_box_are_kept_whole(town: Path) -> None:
    # around the crossing of Rue 0 and Avenue 0 alone
    assert cut(town, (48.0995, -1.6805, 48.1005, -1.6795)) == {
        "w": [1, 9],
        "n": sorted({*range(1, 9), *range(1, 65, 8)}),
        "r": [],
    }


def test_signals_and_tags_are_kept(town: Path) -> None:
    cut(town)
    told = {one.id: dict(one.tags) for one in osmium.FileProcessor(town.with_name("cut.osm.pbf")) if len(one.tags)}
    assert told[1]["highway"] in ("traffic_signals", "residential")
    signals = [one.id for one in osmium.FileProcessor(town.with_name("cut.osm.pbf"), osmium.osm.NODE) if len(one.tags)]
    assert signals == [1]


def test_kinds_of_ways(tmp_path: Path) -> None:
    points = {number: (48.0 + number / 1000, -1.6) for number in range(1, 4)}
    tags = [
        {"highway": "motorway"},
        {"highway": "cycleway"},
        {"highway": "steps"},
        {"route": "ferry"},
        {"highway": "proposed"},
        {"highway": "construction"},
        {"highway": "raceway"},
        {"railway": "rail"},
        {"route": "bus"},
        {"building": "yes"},
    ]
    file = write_extract(tmp_path / "kinds.osm.pbf", points, [((1, 2, 3), one) for one in tags])
    assert cut(file)["w"] == [1, 2, 3, 4]


def test_restrictions_are_kept_where_all_their_ways_are(tmp_path: Path) -> None:
    points = {1: (48.0, -1.6), 2: (48.001, -1.6), 3: (48.001, -1.599), 4: (48.1, -1.5), 5: (48.101, -1.5)}
    ways = [((1, 2), {"highway": "primary"}), ((2, 3), {"highway": "primary"}), ((4, 5), {"highway": "primary"})]
    no_left = {"type": "restriction", "restriction": "no_left_turn"}
    here = [("w", 1, "from"), ("n", 2, "via"), ("w", 2, "to")]
    there = [("w", 1, "from"), ("n", 2, "via"), ("w", 3, "to")]
    bus = [("w", 1, "")]
    relations = [(here, no_left), (there, no_left), (bus, {"type": "route"})]
    file = write_extract(tmp_path / "turns.osm.pbf", points, ways, relations)

    assert cut(file, (47.99, -1.61, 48.01, -1.59)) == {"w": [1, 2], "n": [1, 2, 3], "r": [1]}


def test_points_that_the_extract_leaves_out_do_not_matter(tmp_path: Path) -> None:
    points = {1: (48.0, -1.6), 2: (48.001, -1.6)}
    file = write_extract(tmp_path / "edge.osm.pbf", points, [((1, 2, 99), {"highway": "primary"})])
    assert cut(file) == {"w": [1], "n": [1, 2], "r": []}
    assert cut(file, (47.9, -1.7, 48.1, -1.5)) == {"w": [1], "n": [1, 2], "r": []}
