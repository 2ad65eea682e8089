"""What a graph is made of: an extract, a box, measured speeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from service.earth import Box
from service.roads.boxes import read_box
from service.roads.refusals import RoadsRefused
from service.roads.speeds import Measured, spans_of
from service.settings import Settings


@dataclass(frozen=True)
class Recipe:
    """What to build."""

    file: Path
    box: str = ""
    """``south,west,north,east``; empty: around the places that the database knows."""
    measured: Sequence[Measured] = ()
    again: bool = False
    """Also when the graph in force is just that."""


def wanted_box(settings: Settings, box: str, measured: Sequence[Measured]) -> Box | None:
    """The box that is wanted, if any; refuses what can be told before an extract is fetched or read, all at once."""
    faults: list[str] = []
    found = None
    try:
        spans_of(measured)
    except RoadsRefused as refused:
        faults += refused.faults
    faults += [f"--speeds {one.spec}={one.file}: there is no such file" for one in measured if not one.file.exists()]
    if text := box or settings.roads_box:
        try:
            found = read_box(text)
        except RoadsRefused as refused:
            faults += [fault if box else f"TOURNEE_ROADS_BOX: {fault}" for fault in refused.faults]
    if faults:
        raise RoadsRefused(*faults)
    return found
