"""A live traffic feed: real servers that serve it, and those that serve something else."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from service.roads.feed import fetch_feed, read_feed
from service.roads.refusals import RoadsRefused

HEAD = (
    "\ufeffdatetime;predefinedLocationReference;averageVehicleSpeed;travelTime;travelTimeReliability;"
    "trafficStatus;vehicleProbeMeasurement;Geo Point;Geo Shape"
)
LINE = '{""type"": ""LineString"", ""coordinates"": [[-1.68, 48.1], [-1.68, 48.101]]}'

Answer = Callable[[BaseHTTPRequestHandler], None]


def row(
    moment: str = "2025-11-04T17:24:00+01:00",
    kmh: str = "36",
    reliability: str = "80",
    status: str = "heavy",
    probes: str = "3",
    line: str = LINE,
) -> str:
    return f'{moment};1_D;{kmh};10;{reliability};{status};{probes};"48.1, -1.68";"{line}"'


def feed(*rows: str) -> bytes:
    return "\r\n".join([HEAD, *rows]).encode()


def refused(data: bytes) -> str:
    with pytest.raises(RoadsRefused) as refusal:
        read_feed(data)
    return str(refusal.value)


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], str]]:
    """Starts a server whose every answer is the given one; its address."""
    servers: list[ThreadingHTTPServer] = []

    def start(answer: Answer) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer(self)

            def log_message(self, *_: object) -> None:
                """Silent."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/exports/csv"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def page(body: bytes, status: int = 200, length: int | None = None) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Length", str(len(body) if length is None else length))
        request.end_headers()
        request.wfile.write(body)

    return answer


def test_what_was_measured_is_read_and_fillers_are_not() -> None:
    state = read_feed(
        feed(
            row(),
            row(status="unknown"),
            row(status=""),
            row(probes="0"),
            row(probes=""),
            row(reliability="49"),
            row(reliability=""),
            row(line=""),
            row(
                kmh="72.5", line=LINE.replace("LineString", "MultiLineString").replace("[[", "[[[").replace("]]", "]]]")
            ),
        )
    )
    assert [reading.kmh for reading in state.readings] == [36, 72.5]
    assert {reading.line for reading in state.readings} == {((48.1, -1.68), (48.101, -1.68))}
    assert state.readings[0].moment.isoformat() == "2025-11-04T17:24:00+01:00"
    assert (state.unmeasured, state.faulty) == (7, 0)


def test_older_vintages_without_probes_and_with_other_columns_are_read() -> None:
    head = "geo_shape,averagevehiclespeed,traveltimereliability,trafficstatus,datetime"
    data = f'{head}\n"{LINE}",36,80,freeFlow,2022-06-24T12:55:00+02:00\n'
    assert len(read_feed(data.encode()).readings) == 1


@pytest.mark.parametrize(
    ("name", "readings", "unmeasured", "faulty"),
    [
        ("rennes-fcd-20251104T1724.csv", 2100, 759, 0),
        ("rennes-fcd-20220624T1255.csv", 1407, 961, 1),
        ("rennes-fcd-20210809T0817.csv", 1012, 1352, 5),
    ],
)
def test_every_vintage_of_the_city_is_read(
    shared_data: Path, name: str, readings: int, unmeasured: int, faulty: int
) -> None:
    state = read_feed((shared_data / "rennes" / name).read_bytes())
    assert (len(state.readings), state.unmeasured, state.faulty) == (readings, unmeasured, faulty)


def test_lacking_columns_are_all_named() -> None:
    answer = refused(b"datetime;trafficStatus;speed\n2025-11-04T17:24:00+01:00;heavy;30\n")
    assert "averagevehiclespeed, traveltimereliability, geo_shape" in answer


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<!doctype html><html><body>Sign in</body></html>",
        b'{"error": "no such dataset"}',
        b"\x89PNG\r\n\x1a\n\xff",
        b"a" * 1_000_000,
        b"\0" * 100,
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    assert "nothing was collected" in refused(data).lower()


@pytest.mark.parametrize(
    "bad",
    [
        row(moment="yesterday"),
        row(moment="2025-11-04T17:24:00"),
        row(moment="0001-01-01T00:00:00+14:00"),
        row(kmh="fast"),
        row(kmh="nan"),
        row(kmh="0"),
        row(kmh="900"),
        row(line="[" * 5000),
        row(line="[]"),
        row(line=LINE.replace("LineString", "Point")),
        row(line=LINE.replace("48.1]", "480.1]")),
        row(line=LINE.replace("48.1]", "1" + "0" * 400 + "]")),
        row(line=LINE.replace("48.1]", "NaN]")),
        row(line=LINE.replace(", [-1.68, 48.101]", "")),
        "2025-11-04T17:24:00+01:00;1_D;30",
    ],
)
def test_few_faulty_lines_are_left_out_and_many_refuse_the_whole(bad: str) -> None:
    state = read_feed(feed(*[row()] * 20, bad, row()))
    assert (len(state.readings), state.faulty) == (21, 1)
    answer = refused(feed(*[row()] * 10, bad, row()))
    assert "1 of 12 lines" in answer
    assert "line 12: " in answer


def test_feed_that_measured_nothing_is_refused() -> None:
    assert "none that was measured" in refused(feed(row(status="unknown"), row(probes="0")))


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_half_a_file_is_refused(shared_data: Path, share: float) -> None:
    data = (shared_data / "rennes" / "rennes-fcd-20251104T1724.csv").read_bytes()
    assert "breaks off" in refused(data[: int(len(data) * share)])


def test_feed_is_fetched(serve: Callable[[Answer], str]) -> None:
    assert fetch_feed(serve(page(feed(row())))) == feed(row())


@pytest.mark.parametrize("status", [302, 404, 429, 500])
def test_server_that_says_no_is_told(serve: Callable[[Answer], str], status: int) -> None:
    with pytest.raises(RoadsRefused, match=f"status {status}.*Nothing was collected"):
        fetch_feed(serve(page(b"no", status)))


def test_server_that_is_not_there_is_told() -> None:
    with pytest.raises(RoadsRefused, match="TOURNEE_TRAFFIC_FEED_URL"):
        fetch_feed("http://127.0.0.1:1/csv")
    with pytest.raises(RoadsRefused, match="only http"):
        fetch_feed("file:///etc/hostname")


def test_silent_and_trickling_servers_are_left_in_time(serve: Callable[[Answer], str]) -> None:
    ended = Event()

    def trickle(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            while not ended.wait(0.02):
                request.wfile.write(b"a")
        except OSError:
            return

    def silent(_request: BaseHTTPRequestHandler) -> None:
        ended.wait(30)

    try:
        for answer in (trickle, silent):
            with pytest.raises(RoadsRefused, match="cannot be fetched"):
                fetch_feed(serve(answer), timeout_s=0.3)
    finally:
        ended.set()
