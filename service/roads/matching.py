"""Which segments of the graph a stretch of road from elsewhere runs along, by OSRM's map matching."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import osrm

from service.roads.segments import Segments
from service.travel.formula import great_circle_m
from service.travel.source import Place

SPREAD_M = 7.0
"""Standard deviation of a stretch's points from its street: Rennes draws each direction 6 m right of the axis."""

FARTHEST_M = 20.0
"""No point of a stretch lies farther from its street."""

APART_M = 3.0
"""Points closer than that say nothing, and confuse the direction."""

FOLLOWED_M = 50.0
"""A stretch is followed at least so often: two ends alone may lie on streets that lead elsewhere."""

MOST_POINTS = 100
"""OSRM's limit for one line."""

LENGTHS = (0.7, 1.4)
"""What is matched may be so much shorter or longer than the stretch, or differ by ``LENGTH_M``."""
LENGTH_M = 25.0

COVERED = 0.5
"""A segment is one of a stretch's when the stretch covers so much of it."""

Covered = tuple[int, int, int, float]
"""Stretch, from point, to point, metres."""


def match_lines(base: Path, segments: Segments, lines: Sequence[Sequence[Place]]) -> list[list[int]]:
    """Per stretch the indices of its segments; none: it is not in the graph."""
    engine = osrm.OSRM(storage_config=str(base), algorithm="MLD", use_shared_memory=False)
    covered = [part for at, line in enumerate(lines) for part in _matched(engine, at, line)]
    found: list[list[int]] = [[] for _ in lines]
    if not covered:
        return found
    at, start, end = (np.array(column, np.int64) for column in list(zip(*covered, strict=True))[:3])
    metres = np.array([part[3] for part in covered])
    steps = segments.find(start, end)
    is_known = steps >= 0
    pairs, index = np.unique(np.stack([at, steps], 1)[is_known], axis=0, return_inverse=True)
    driven = np.bincount(index.reshape(-1), metres[is_known], len(pairs))  # two legs may share a segment
    for (line, step), length in zip(pairs.tolist(), driven.tolist(), strict=True):
        if length >= COVERED * segments.metres[step]:
            found[line].append(step)
    return found


def _matched(engine: osrm.OSRM, at: int, line: Sequence[Place]) -> list[Covered]:
    """The points that OSRM leads along a stretch, with the metres between them; none when it differs in length."""
    points = _spread(line)
    parameters = osrm.MatchParameters(
        coordinates=[(lon, lat) for lat, lon in points],
        radiuses=[SPREAD_M] * len(points),
        annotations=["nodes", "distance"],
        gaps="ignore",
        overview="false",
        generate_hints=False,
    )
    try:
        answer = engine.Match(parameters)
    except RuntimeError:  # it says so when nothing is near
        return []
    matchings: list[Any] = list(answer["matchings"])
    traced: list[Any] = list(answer["tracepoints"])
    if len(matchings) != 1 or not all(_is_near(point, where) for point, where in zip(points, traced, strict=True)):
        return []
    parts: list[Covered] = []
    for leg in matchings[0]["legs"]:
        nodes = [int(node) for node in leg["annotation"]["nodes"]]
        metres = [float(length) for length in leg["annotation"]["distance"]]
        parts += [(at, start, end, length) for (start, end), length in zip(pairwise(nodes), metres, strict=True)]
    drawn = sum(_metres(a, b) for a, b in pairwise(points))
    driven = sum(part[3] for part in parts)
    fits = LENGTHS[0] * drawn <= driven <= LENGTHS[1] * drawn or abs(driven - drawn) <= LENGTH_M
    return parts if fits else []


def _is_near(point: Place, traced: Any) -> bool:
    """Whether OSRM found it on a street, and near."""
    if traced is None:
        return False
    lon, lat = traced["location"]
    return _metres(point, (float(lat), float(lon))) <= FARTHEST_M


def _spread(line: Sequence[Place]) -> list[Place]:
    """Its points, some metres apart and never many, so that it is followed between its ends; as many as OSRM takes."""
    points = [line[0]]
    for point in line[1:]:
        last, length = points[-1], _metres(points[-1], point)
        if length >= APART_M or (point is line[-1] and len(points) == 1):
            parts = int(length // FOLLOWED_M) + 1
            points += [_between(last, point, part / parts) for part in range(1, parts + 1)]
    if len(points) > MOST_POINTS:
        points = [points[at] for at in np.linspace(0, len(points) - 1, MOST_POINTS).astype(int).tolist()]
    return points


def _between(a: Place, b: Place, share: float) -> Place:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def _metres(a: Place, b: Place) -> float:
    return float(great_circle_m([a], [b])[0, 0])
