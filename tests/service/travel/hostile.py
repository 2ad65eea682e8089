"""A server that speaks as OSRM and Valhalla do, or as badly as can be."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from service.travel.formula import great_circle_m

Json = Any
Spoil = Callable[[Json], Json]
"""What becomes of a good answer."""

Answering = Callable[["Handler"], None]

CAR_M_PER_S = 8.0


class Handler(BaseHTTPRequestHandler):
    """One request; ``body`` is what was sent."""

    server: "HttpServer"
    body: bytes = b""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer()

    def _answer(self) -> None:
        outer = self.server.outer
        outer.asked.append(self.path)
        try:
            outer.answer(self)
        except OSError:  # the caller has had enough
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Nothing."""

    def say(self, body: bytes, status: int = 200, **headers: str) -> None:
        """A whole answer."""
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


class HttpServer(ThreadingHTTPServer):
    """It knows who is to answer."""

    daemon_threads = True
    outer: "Hostile"


class Hostile:
    """Answers every request as the test says, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answer: Answering = well()
        self.asked: list[str] = []
        self.over = Event()
        self.http = HttpServer(("127.0.0.1", 0), Handler)
        self.http.outer = self

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.http.server_address[1]}"


@contextmanager
def served() -> Iterator[Hostile]:
    """Such a server, until the end of the block."""
    made = Hostile()
    thread = Thread(target=made.http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.over.set()
        made.http.shutdown()
        made.http.server_close()
        thread.join(10)


def well(spoil: Spoil = lambda answer: answer) -> Answering:
    """Roads that lead straight everywhere, in the words of whichever engine is asked; then spoiled."""

    def answer(handler: Handler) -> None:
        question = json.loads(handler.body) if handler.body else None
        handler.say(json.dumps(spoil(_good(handler.path, question))).encode())

    return answer


def table(spoil: Spoil) -> Answering:
    """Only tables are spoiled, everything else is well."""

    def maybe(answer: Json) -> Json:
        if isinstance(answer, dict) and ("durations" in answer or "sources_to_targets" in answer):
            return spoil(answer)
        return answer

    return well(maybe)


def seconds_of(answer: Json) -> list[list[Any]]:
    """The seconds of a table, whoever's words it is in; to be changed in place."""
    rows: list[list[Any]] = answer["durations"] if "durations" in answer else answer["sources_to_targets"]["durations"]
    return rows


def silent(handler: Handler) -> None:
    """Takes the question and says nothing."""
    handler.server.outer.over.wait(30)


def trickling(handler: Handler) -> None:
    """A body that never ends, one byte at a time."""
    handler.send_response(200)
    handler.end_headers()
    while not handler.server.outer.over.wait(0.02):
        handler.wfile.write(b" ")
        handler.wfile.flush()


def flooding(handler: Handler) -> None:
    """A body that never ends, as fast as it is read."""
    handler.send_response(200)
    handler.end_headers()
    while not handler.server.outer.over.is_set():
        handler.wfile.write(b" " * 1_000_000)


def text(body: bytes, status: int = 200, **headers: str) -> Answering:
    """Always the same."""
    return lambda handler: handler.say(body, status, **headers)


def _good(path: str, question: Json) -> Json:
    if path.startswith("/sources_to_targets"):
        return _valhalla_table(question)
    if path.startswith("/locate"):
        return [
            {"edges": [{"correlated_lat": at["lat"], "correlated_lon": at["lon"]}], "nodes": []}
            for at in question["locations"]
        ]
    if path.startswith("/status"):
        return {"version": "3", "tileset_last_modified": 1700000000}
    if "/table/" in path:
        return _osrm_table(question)
    return {"code": "Ok", "data_version": "2026-11-24", "waypoints": [{"distance": 5.0, "location": [0, 0]}]}


def _osrm_table(question: Json) -> Json:
    places = [(lat, lon) for lon, lat in question["coordinates"]]
    metres = great_circle_m([places[i] for i in question["sources"]], [places[i] for i in question["destinations"]])
    return {
        "code": "Ok",
        "durations": (metres / CAR_M_PER_S).tolist(),
        "distances": metres.tolist(),
        "sources": [{"distance": 5.0} for _ in question["sources"]],
        "destinations": [{"distance": 5.0} for _ in question["destinations"]],
    }


def _valhalla_table(question: Json) -> Json:
    start, end = ([(at["lat"], at["lon"]) for at in question[name]] for name in ("sources", "targets"))
    metres = great_circle_m(start, end)
    tables = {"durations": (metres / CAR_M_PER_S).tolist(), "distances": (metres / 1000).tolist()}
    return {"sources_to_targets": tables, "units": "kilometers"}
