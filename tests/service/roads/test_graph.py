"""The manifest on disk: there whole, or not at all."""

import json
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from service.roads.graph import MANIFEST, Graph, Source, read_graph, write_graph
from service.travel.slots import ANY, TIMELESS

VERSION = "0123456789abcdef"


def a_graph(folder: Path, **changes: Any) -> Graph:
    """A graph whose files are there, if empty."""
    home = folder / f"{VERSION}-1"
    data = {profile: {ANY: home / profile / ANY / "roads.osrm"} for profile in ("car", "bike", "foot")}
    for path in (slots[ANY] for slots in data.values()):
        path.parent.mkdir(parents=True, exist_ok=True)
        for ending in ("cell_metrics", "fileIndex"):
            path.with_name(f"{path.name}.{ending}").touch()
    for name in ("network.sqlite3", "streets.csv", "roads.osm.pbf"):
        (home / name).touch()
    values: dict[str, Any] = {
        "version": VERSION,
        "source": Source("bretagne-latest.osm.pbf", "ab" * 32, 311_000_000, "2026-11-23T21:00:00+00:00"),
        "box": (47.97, -1.95, 48.3, -1.48),
        "built_at": "2026-11-24T08:00:00+00:00",
        "nodes": 23_515,
        "ways": 5934,
        "km": 826.4,
        "slots": TIMELESS,
        "data": data,
        "measured": {},
        "network": home / "network.sqlite3",
        "streets": home / "streets.csv",
        "extract": home / "roads.osm.pbf",
    }
    return Graph(**(values | changes))


def test_graph_is_read_as_it_was_written(tmp_path: Path) -> None:
    graph = a_graph(tmp_path, measured={ANY: "peak.csv"}, traffic={"a": 1})
    write_graph(tmp_path, graph)
    assert read_graph(tmp_path) == graph
    assert graph.date == "2026-11-23"


def test_folder_may_be_moved(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    write_graph(old, a_graph(old))
    old.rename(new)
    graph = read_graph(new)
    assert graph is not None
    assert graph.network.is_relative_to(new)


def test_no_manifest_is_no_graph_and_no_complaint(tmp_path: Path) -> None:
    with capture_logs() as logs:
        assert read_graph(tmp_path) is None
    assert logs == []


def changed(folder: Path, **changes: Any) -> bytes:
    """The manifest of a sound graph with some values replaced."""
    write_graph(folder, a_graph(folder))
    raw = json.loads((folder / MANIFEST).read_bytes())
    return json.dumps(raw | changes).encode()


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 99},
        {"box": [1, 2, 3]},
        {"slots": {"weekday": ["any"]}},
        {"slots": {day: ["peak"] * 48 for day in ("weekday", "saturday", "sunday")}},
        {"data": {}},
        {"data": {"car": {"any": "x/roads.osrm"}, "bike": {}}},
        {"source": {"name": "x"}},
        {"built_at": "yesterday"},
        {"nodes": None},
        {"network": "gone.sqlite3"},
        {"data": {"car": {"any": "gone/roads.osrm"}}},
    ],
)
def test_manifest_that_cannot_be_used_is_no_graph_and_said_once(tmp_path: Path, changes: dict[str, Any]) -> None:
    text = changed(tmp_path, **changes)
    (tmp_path / MANIFEST).write_bytes(text)
    with capture_logs() as logs:
        assert read_graph(tmp_path) is None
        assert read_graph(tmp_path) is None
    assert [entry["event"] for entry in logs] == ["road_graph_unreadable"]


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"format": 1}'])
def test_garbage_is_no_graph(tmp_path: Path, text: bytes) -> None:
    (tmp_path / MANIFEST).write_bytes(text)
    with capture_logs() as logs:
        assert read_graph(tmp_path) is None
    assert len(logs) == 1


def test_manifest_is_replaced_at_once(tmp_path: Path) -> None:
    write_graph(tmp_path, a_graph(tmp_path))
    before = (tmp_path / MANIFEST).stat().st_ino
    write_graph(tmp_path, a_graph(tmp_path, ways=1))
    assert (tmp_path / MANIFEST).stat().st_ino != before
    assert [path.name for path in tmp_path.glob(f"{MANIFEST}*")] == [MANIFEST]
