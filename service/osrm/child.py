"""The road engine's process: ``python -m service.osrm.child FD PARENT``. It answers one question after another.

OSRM holds Python's lock while it calculates, so it must not do so where requests are answered. Data sets are opened
when first asked for, by mapping the files: several such processes share their pages.
"""

import os
import signal
import socket
import sys
from array import array
from pathlib import Path
from typing import Any

from service.osrm.frames import pack_frame, read_frame
from service.osrm.roads import Feet, Place, Roads
from service.solving.lifeline import tie_to_parent


def main(fd: int, parent: int) -> None:
    """Answer until the other end is gone."""
    tie_to_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the owner ends it
    opened: dict[str, Roads] = {}
    feet: dict[Path, Feet] = {}
    with socket.socket(fileno=fd) as connection:
        connection.sendall(pack_frame({"ready": os.getpid()}))
        while True:
            try:
                words, _ = read_frame(connection)
            except (EOFError, ConnectionError):
                return
            connection.sendall(_answer(words, opened, feet))


def _answer(words: dict[str, Any], opened: dict[str, Roads], feet: dict[Path, Feet]) -> bytes:
    try:
        data = words["data"]
        roads = opened.get(data)
        if roads is None:
            profile = Path(data).parents[1]  # its slots lie side by side
            roads = opened[data] = Roads(data, words["box"], feet.setdefault(profile, Feet()))
        return pack_frame(*_ask(roads, words))
    except Exception as error:
        return pack_frame({"fault": f"{type(error).__name__}: {error}"})


def _ask(roads: Roads, words: dict[str, Any]) -> tuple[dict[str, Any], array[float] | None]:
    match words["ask"]:
        case "ways":
            return {}, roads.ways(_places(words["origins"]), _places(words["destinations"]))
        case "snaps":
            return {}, roads.snaps(_places(words["places"]))
        case "lines":
            return {"lines": roads.lines(_places(words["places"]))}, None
        case other:
            raise ValueError(f"nobody asks {other!r}")


def _places(pairs: list[list[float]]) -> list[Place]:
    return [(lat, lon) for lat, lon in pairs]


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
