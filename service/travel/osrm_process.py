"""OSRM in a process of its own: started when first asked, and again when it dies, hangs or the graph is another."""

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any
from weakref import finalize

import numpy as np

from service.osrm.frames import pack_frame, read_frame
from service.roads.graph import MANIFEST, Graph, read_graph
from service.travel.blocks import ask_in_blocks
from service.travel.engine import EngineDown, FloatArray, Ways
from service.travel.slots import ANY, TIMELESS, Slots
from service.travel.source import Place, Snap

CHILD = (sys.executable, "-m", "service.osrm.child")

RULES = "1"
"""Part of the version: another one when the same graph would be asked in another way."""

MOST_PER_SIDE = 500
"""Places per side of one question: others wait no longer than for one of these."""

CELLS_PER_S = 25_000.0
"""A machine so slow still counts as answering; this one does 500 000."""

START_S = 10.0
"""To start the process, on a machine that does much else."""

QUEUE = 6
"""How many questions' time a caller waits for its turn."""

GONE_S = 2.0


@dataclass
class _Child:
    """A process that answers, and the socket to it."""

    process: subprocess.Popen[bytes]
    connection: socket.socket
    version: str
    owner: int = field(default_factory=os.getpid)

    def end(self) -> None:
        """Kill it and forget it; a fork of the owner leaves it alone."""
        if os.getpid() != self.owner:
            return
        self.connection.close()
        self.process.kill()
        with suppress(subprocess.TimeoutExpired):  # a dying disk may hold it; nobody asks it any more
            self.process.wait(GONE_S)


class OsrmProcess:
    """The graph under a folder, asked by many threads: one question at a time."""

    name = "osrm"

    def __init__(
        self,
        graph: Graph,
        folder: Path,
        *,
        timeout_s: float = 5.0,
        is_timed: bool = True,
        command: Sequence[str] = CHILD,
    ) -> None:
        self._graph = graph
        self._manifest = folder / MANIFEST
        self._stamp = _stamp(self._manifest)
        self._timeout_s = timeout_s
        self._is_timed = is_timed
        self._command = command
        self._lock = Lock()
        self._child: _Child | None = None
        self._end: finalize[..., OsrmProcess] | None = None
        self._starter: ThreadPoolExecutor | None = None
        self._faults = 0

    @property
    def graph(self) -> Graph:
        """The graph in force: a rebuilt one is taken up as soon as its manifest is there."""
        stamp = _stamp(self._manifest)
        if stamp != self._stamp:
            self._graph = read_graph(self._manifest.parent) or self._graph
            self._stamp = stamp  # last: until then nobody takes the old graph for the one in force
        return self._graph

    @property
    def version(self) -> str:
        """That of the graph."""
        return f"osrm-{self.graph.version}-{RULES}"

    @property
    def slots(self) -> Slots:
        """Those of the graph."""
        return self.graph.slots if self._is_timed else TIMELESS

    @property
    def profiles(self) -> frozenset[str]:
        """Those that were built."""
        return frozenset(self.graph.data)

    @property
    def pid(self) -> int | None:
        """Number of the process, while there is one."""
        child = self._child
        return child.process.pid if child else None

    def is_busy(self) -> bool:
        """Whether somebody waits for an answer."""
        return self._lock.locked()

    def ways(self, profile: str, origins: Sequence[Place], destinations: Sequence[Place], slot: str) -> Ways:
        """From all origins to all destinations."""

        def ask(some: Sequence[Place], others: Sequence[Place]) -> Ways:
            question = {"ask": "ways", "origins": list(some), "destinations": list(others)}
            _, numbers = self._ask(question, profile, slot, len(some) * len(others))
            return _ways_in(numbers, len(some), len(others))

        return ask_in_blocks(ask, origins, destinations, MOST_PER_SIDE)

    def snaps(self, profile: str, places: Sequence[Place]) -> list[Snap]:
        """How far each place is from a road, and whether that road leads anywhere."""
        _, numbers = self._ask({"ask": "snaps", "places": list(places)}, profile, ANY, len(places))
        if len(numbers) != 2 * len(places):
            raise EngineDown("it answered for other places")
        return [
            Snap(float(metres) if np.isfinite(metres) else None, bool(is_island))
            for metres, is_island in zip(*np.split(numbers, 2), strict=True)
        ]

    def lines(self, profile: str, places: Sequence[Place], slot: str) -> list[tuple[Place, ...]]:
        """The legs between successive places along the roads."""
        question = {"ask": "lines", "places": list(places)}
        words, _ = self._ask(question, profile, slot, 100 * len(places))
        return [tuple((lat, lon) for lon, lat in line) for line in words["lines"]]

    def close(self) -> None:
        """End the process; the next question starts another."""
        with self._lock:
            self._end_child()
            if self._starter is not None:
                self._starter.shutdown()
                self._starter = None

    def _ask(self, question: dict[str, Any], profile: str, slot: str, cells: int) -> tuple[dict[str, Any], FloatArray]:
        """One question, when it is our turn."""
        limit_s = self._timeout_s + cells / CELLS_PER_S
        faults = self._faults
        if not self._lock.acquire(timeout=QUEUE * limit_s):
            raise EngineDown(f"others have kept it busy for {QUEUE * limit_s:.0f} s", is_final=True)
        try:
            if self._faults > faults + 1:
                raise EngineDown("it failed others while this one waited", is_final=True)
            graph = self.graph
            by_slot = graph.data[profile]
            data = str(by_slot[slot if slot in by_slot else ANY])
            try:
                child = self._started(graph.version)
                words, body = _exchange(child.connection, question | {"data": data, "box": graph.box}, limit_s)
            except (OSError, EOFError, ValueError) as error:
                self._faults += 1
                self._end_child()
                raise EngineDown(_in_words(error, limit_s)) from error
        finally:
            self._lock.release()
        if "fault" in words:
            raise EngineDown(words["fault"])
        return words, np.frombuffer(body, dtype=np.float64)

    def _started(self, version: str) -> _Child:
        """The process, for this graph."""
        child = self._child
        if child is not None and child.owner != os.getpid():  # we are a fork: it answers our parent
            self._child = self._starter = self._end = child = None
        # one that was killed while nobody asked is no failure: its successor answers
        if child is not None and child.version == version and child.process.poll() is None:
            return child
        self._end_child()
        if self._starter is None:
            # a process dies with the THREAD that started it: this one lives as long as we do
            self._starter = ThreadPoolExecutor(1, thread_name_prefix="osrm-starter")
        self._child = self._starter.submit(self._start, version).result(START_S)
        self._end = finalize(self, self._child.end)
        _exchange(self._child.connection, None, START_S)
        return self._child

    def _start(self, version: str) -> _Child:
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(  # noqa: S603  (our own program)
                [*self._command, str(theirs.fileno()), str(os.getpid())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                process_group=0,
            )
        return _Child(process, ours, version)

    def _end_child(self) -> None:
        end, self._end, self._child = self._end, None, None
        if end is not None:
            end()


def _exchange(
    connection: socket.socket, question: dict[str, Any] | None, limit_s: float
) -> tuple[dict[str, Any], bytes]:
    """Ask and wait for the answer, all within a time."""
    deadline = monotonic() + limit_s

    def allow() -> None:
        left = deadline - monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)

    if question is not None:
        allow()
        connection.sendall(pack_frame(question))
    return read_frame(connection, allow)


def _ways_in(numbers: FloatArray, rows: int, columns: int) -> Ways:
    cells = rows * columns
    if len(numbers) != 2 * cells + rows + columns:
        raise EngineDown("it answered for other places")
    seconds, metres, snaps = np.split(numbers, (cells, 2 * cells))
    return Ways(seconds.reshape(rows, columns), metres.reshape(rows, columns), snaps[:rows], snaps[rows:])


def _in_words(error: Exception, limit_s: float) -> str:
    if isinstance(error, TimeoutError):
        return f"its process did not answer within {limit_s:.0f} s"
    return f"its process has died ({type(error).__name__})"


def _stamp(file: Path) -> tuple[int, int]:
    """What changes when the file is replaced."""
    try:
        status = file.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_ino
