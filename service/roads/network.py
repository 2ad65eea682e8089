"""The streets of a graph as a map shows them: a file from which those in a box are read at once."""

import sqlite3
from collections.abc import Collection
from contextlib import closing
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from service.earth import Box
from service.roads.graph import Graph
from service.roads.ways import DRIVABLE
from service.travel.source import Place

PER_DEGREE = 100_000
"""Lines are kept to five decimals: one metre."""

FOUND = """
SELECT street.class, street.name, street.line FROM street_box JOIN street USING (id)
WHERE north >= ? AND south <= ? AND east >= ? AND west <= ?
"""


class Line(NamedTuple):
    """One street as it is drawn."""

    kind: str
    """Of ``ways.DRIVABLE``."""
    name: str
    places: list[Place]


def network_in(graph: Graph, box: Box, classes: Collection[str] | None = None) -> list[Line]:
    """The streets that reach into a box, smaller classes first (as they are drawn); of some classes when asked."""
    south, west, north, east = box
    query, values = FOUND, [south, north, west, east]
    if classes is not None:
        marks = ",".join("?" * len(classes))
        query += f"AND class IN ({marks})"
        values += list(classes)  # type: ignore[arg-type]
    with closing(sqlite3.connect(f"{graph.network.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        rows = connection.execute(query, values).fetchall()
    rank = {kind: place for place, kind in enumerate(reversed(DRIVABLE))}
    rows.sort(key=lambda row: rank[row[0]])
    points = np.frombuffer(b"".join(row[2] for row in rows), "<i4").reshape(-1, 2) / PER_DEGREE
    places = list(zip(points[:, 0].tolist(), points[:, 1].tolist(), strict=True))
    ends = np.cumsum([0, *(len(row[2]) // 8 for row in rows)]).tolist()
    return [Line(row[0], row[1], places[start:end]) for row, (start, end) in zip(rows, pairwise(ends), strict=True)]
