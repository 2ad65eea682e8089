"""Reads extracts of OpenStreetMap object by object."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENOSPC
from pathlib import Path

from osmium import FileProcessor
from osmium.osm import Node, Relation, Way

from service.roads.refusals import RoadsRefused

NOWHERE = 2**31 - 1
"""What the library says of a point that is not in the extract."""

PER_DEGREE = 10_000_000
"""The library counts in so many parts of a degree."""


@contextmanager
def reading(file: Path) -> Iterator[None]:
    """The block reads an extract: data that cannot be decoded are said to be damaged."""
    try:
        yield
    except (RuntimeError, ValueError) as error:
        if os.strerror(ENOSPC) in str(error):  # the library writes too
            raise OSError(ENOSPC, os.strerror(ENOSPC)) from error
        raise RoadsRefused(f"{file.name} is damaged: {error}. Fetch it again") from error


def nodes_of(reader: FileProcessor) -> Iterator[Node]:
    """The points among what is read."""
    return (one for one in reader if isinstance(one, Node))


def ways_of(reader: FileProcessor) -> Iterator[Way]:
    """The ways among what is read."""
    return (one for one in reader if isinstance(one, Way))


def relations_of(reader: FileProcessor) -> Iterator[Relation]:
    """The relations among what is read."""
    return (one for one in reader if isinstance(one, Relation))
