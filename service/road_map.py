"""The streets of the built graph as a light base map: few classes from far away, all of them near by."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from service.earth import Box
from service.roads.graph import Graph, open_graph
from service.roads.network import Line, network_in
from service.runtime import Runtime

Point = tuple[float, float]
"""Longitude and latitude, as GeoJSON has it."""

ATTRIBUTION = "© OpenStreetMap contributors"

MOST_BYTES = 290_000
"""Of one answer before it is compressed. What does not fit are the smallest streets, and the answer says so."""

OVERHEAD = 400
"""Bytes of an answer beside its lines."""


@dataclass(frozen=True, slots=True)
class _Level:
    """Streets that are drawn alike."""

    name: str
    kinds: tuple[str, ...]
    from_zoom: int


LEVELS = (
    _Level("motorway", ("motorway", "motorway_link", "trunk", "trunk_link"), 0),
    _Level("primary", ("primary", "primary_link"), 8),
    _Level("secondary", ("secondary", "secondary_link"), 10),
    _Level("tertiary", ("tertiary", "tertiary_link"), 11),
    _Level("street", ("unclassified", "residential", "living_street", "road"), 12),
    _Level("service", ("service",), 15),
)
"""The largest first."""

NAMES = tuple(level.name for level in LEVELS)


@dataclass(frozen=True, slots=True)
class RoadMap:
    """A GeoJSON document of streets, and the graph that it was drawn from (None: there is none)."""

    text: str
    version: str | None


def road_map(rt: Runtime, box: Box, zoom: int) -> RoadMap:
    """The streets in a box (south, west, north, east) as they are drawn at a zoom level of web maps."""
    graph = open_graph(rt.settings)
    if graph is None:
        return RoadMap(_document(None, [], complete=True), None)
    return RoadMap(_draw(graph, box, zoom), graph.version)


def _draw(graph: Graph, box: Box, zoom: int) -> str:
    levels = [level for level in LEVELS if zoom >= level.from_zoom]
    by_kind: dict[str, list[Line]] = {}
    for line in network_in(graph, box, [kind for level in levels for kind in level.kinds]):
        by_kind.setdefault(line.kind, []).append(line)
    features: list[str] = []
    left = MOST_BYTES - OVERHEAD
    for level in levels:
        lines = _lines([line for kind in level.kinds for line in by_kind.get(kind, ())], decimals(zoom))
        size = sum(len(line) + 1 for line in lines) + 100
        if size > left:
            kept = _longest(lines, left) if not features else []
            features += [_feature(level.name, kept)] if kept else []
            return _document(graph.version, features, complete=False)
        left -= size
        features += [_feature(level.name, lines)] if lines else []
    return _document(graph.version, features, complete=True)


def decimals(zoom: int) -> int:
    """Of degrees: enough that nobody sees the rounding, about half a pixel."""
    return 5 if zoom >= 14 else 4 if zoom >= 11 else 3


def _lines(lines: Sequence[Line], digits: int) -> list[str]:
    """Each line as JSON, those that go on in one another as one."""
    rounded = [found for line in lines if len(found := _rounded(line, digits)) > 1]
    return ["[" + ",".join(f"[{lon},{lat}]" for lon, lat in points) + "]" for points in _joined(rounded)]


def _rounded(line: Line, digits: int) -> list[Point]:
    """The points of a line, without those that fall together or lie on the way to the next."""
    points: list[Point] = []
    for lat, lon in line.places:
        point = (round(lon, digits), round(lat, digits))
        if points and point == points[-1]:
            continue
        if len(points) > 1 and _is_between(points[-2], points[-1], point):
            points.pop()
        points.append(point)
    return points


def _joined(lines: Sequence[list[Point]]) -> list[list[Point]]:
    """The same strokes in fewer lines: a line goes on in one that begins where it ends."""
    beginning: dict[Point, list[int]] = {}
    for number, line in enumerate(lines):
        beginning.setdefault(line[0], []).append(number)
    drawn = [False] * len(lines)
    found = []
    for number, line in enumerate(lines):
        if drawn[number]:
            continue
        drawn[number] = True
        points = list(line)
        while (after := next((one for one in beginning.get(points[-1], ()) if not drawn[one]), None)) is not None:
            drawn[after] = True
            points += lines[after][1:]
        found.append(points)
    return found


def _is_between(before: Point, here: Point, after: Point) -> bool:
    in_x, in_y = here[0] - before[0], here[1] - before[1]
    out_x, out_y = after[0] - here[0], after[1] - here[1]
    return abs(in_x * out_y - in_y * out_x) < 1e-10 and in_x * out_x + in_y * out_y >= 0


def _longest(lines: Sequence[str], left: int) -> list[str]:
    """As many lines as there is room for, those with the most points first."""
    kept = []
    for line in sorted(lines, key=len, reverse=True):
        left -= len(line) + 1
        if left < 0:
            break
        kept.append(line)
    return kept


def _feature(name: str, lines: Sequence[str]) -> str:
    return (
        f'{{"type":"Feature","properties":{{"class":"{name}"}},'
        f'"geometry":{{"type":"MultiLineString","coordinates":[{",".join(lines)}]}}}}'
    )


def _document(version: str | None, features: Sequence[str], *, complete: bool) -> str:
    head = json.dumps({"attribution": ATTRIBUTION, "graph": version, "complete": complete}, ensure_ascii=False)
    return f'{{"type":"FeatureCollection",{head[1:-1]},"features":[{",".join(features)}]}}'
