"""Geocoders against a real server on this machine that answers as the real ones do, or as badly as can be."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from service.places import NOTHING, GeocoderDown, Match, geocoder_from
from service.places.breaker import FAILURES, PAUSE_S, Breaker
from service.places.online import BanGeocoder, NominatimGeocoder
from service.runtime import Runtime
from service.settings import Settings
from service.store.tables import Json
from tests.service.things import a_job, a_kind

NOWHERE = Path("var/tests/nowhere")
"""Neither addresses nor roads are there."""

ADDRESS = "4 rue Leperdit, 35000 Rennes"
SITE = {"address": ADDRESS, "security_appliance": False}

Answering = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """Answers every request as the test says, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answer: Answering = text("{}")
        self.asked: list[str] = []
        self.over = Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                try:
                    outer.answer(self)
                except OSError:  # the caller has had enough
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True

    @property
    def domain(self) -> str:
        return f"127.0.0.1:{self.http.server_address[1]}"


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on this machine."""
    made = Server()
    thread = Thread(target=made.http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield made
    made.over.set()
    made.http.shutdown()
    made.http.server_close()
    thread.join(10)


def text(body: str | bytes, status: int = 200, **headers: str) -> Answering:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        data = body if isinstance(body, bytes) else body.encode()
        handler.send_response(status)
        for name, value in ({"Content-Length": str(len(data))} | headers).items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def ban_answer(**changes: Any) -> Json:
    properties = {
        "label": "4 Rue Leperdit 35000 Rennes",
        "score": 0.9634,
        "type": "housenumber",
        "postcode": "35000",
        "city": "Rennes",
    }
    geometry = {"type": "Point", "coordinates": [-1.6829, 48.1126]}
    feature = {"type": "Feature", "geometry": geometry, "properties": properties | changes}
    return {"type": "FeatureCollection", "features": [feature]}


def nominatim_answer(**changes: Any) -> list[Json]:
    place = {
        "lat": "48.1126",
        "lon": "-1.6829",
        "display_name": "4, Rue Leperdit, Rennes, 35000, France",
        "class": "place",
        "type": "house",
        "addresstype": "place",
        "place_rank": 30,
        "importance": 0.00001,
    }
    return [place | changes]


def ban(server: Server, timeout_s: float = 2.0) -> BanGeocoder:
    return BanGeocoder(f"{server.domain}/geocodage", "http", timeout_s)


def nominatim(server: Server, timeout_s: float = 2.0) -> NominatimGeocoder:
    return NominatimGeocoder(server.domain, "http", timeout_s)


# --- as they are ---


def test_ban_house_is_located(server: Server) -> None:
    server.answer = text(json.dumps(ban_answer()))
    match = ban(server).locate(ADDRESS)
    assert match == Match("4 Rue Leperdit 35000 Rennes", "house", 0.9634, 48.1126, -1.6829)
    assert match.located
    asked = urlsplit(server.asked[0])
    assert asked.path.startswith("/geocodage/search")
    assert parse_qs(asked.query)["q"] == [ADDRESS]


@pytest.mark.parametrize(
    ("kind", "precision", "located"),
    [
        ("housenumber", "house", True),
        ("street", "street", True),
        ("locality", "street", True),
        ("municipality", "town", False),
        ("poi", "town", False),
        (None, "town", False),
    ],
)
def test_ban_precision(server: Server, kind: str | None, precision: str, located: bool) -> None:
    server.answer = text(json.dumps(ban_answer(type=kind)))
    match = ban(server).locate(ADDRESS)
    assert (match.precision, match.located) == (precision, located)


@pytest.mark.parametrize(("score", "located"), [(0.95, True), (0.7, True), (0.69, False), (0.0, False)])
def test_doubtful_match_is_no_location(server: Server, score: float, located: bool) -> None:
    server.answer = text(json.dumps(ban_answer(score=score)))
    assert ban(server).locate(ADDRESS).located is located


def test_match_in_another_commune_is_no_location(server: Server) -> None:
    server.answer = text(json.dumps(ban_answer(postcode="56000", label="4 Rue Leperdit 56000 Vannes")))
    match = ban(server).locate(ADDRESS)
    assert (match.label, match.precision, match.located) == ("4 Rue Leperdit 56000 Vannes", "none", False)
    assert ban(server).locate("4 rue Leperdit, Vannes").located


def test_long_address_is_cut_to_what_ban_takes(server: Server) -> None:
    server.answer = text(json.dumps(ban_answer()))
    ban(server).locate("x" * 500)
    assert len(parse_qs(urlsplit(server.asked[0]).query)["q"][0]) == 200


@pytest.mark.parametrize(
    ("changes", "precision"),
    [
        ({}, "house"),
        ({"addresstype": "building"}, "house"),
        ({"addresstype": "road"}, "street"),
        ({"addresstype": "place", "type": "square"}, "town"),
        ({"addresstype": "city"}, "town"),
        ({"addresstype": "amenity"}, "town"),
    ],
)
def test_nominatim_precision(server: Server, changes: Json, precision: str) -> None:
    server.answer = text(json.dumps(nominatim_answer(**changes)))
    match = nominatim(server).locate(ADDRESS)
    assert (match.precision, match.lat, match.lon) == (precision, 48.1126, -1.6829)
    assert match.located is (precision != "town")
    assert parse_qs(urlsplit(server.asked[0]).query)["countrycodes"] == ["fr"]


@pytest.mark.parametrize("answer", ['{"type": "FeatureCollection", "features": []}', "{}", "null", "[]"])
def test_ban_that_finds_nothing(server: Server, answer: str) -> None:
    server.answer = text(answer)
    assert ban(server).locate(ADDRESS) == NOTHING


def test_nominatim_that_finds_nothing(server: Server) -> None:
    server.answer = text("[]")
    assert nominatim(server).locate(ADDRESS) == NOTHING


def test_address_that_is_none_is_not_found(server: Server) -> None:
    server.answer = text('{"code": 400, "message": "q: must contain between 3 and 200 chars"}', 400)
    assert ban(server).locate("x") == NOTHING


def test_label_is_fit_to_be_stored(server: Server) -> None:
    server.answer = text(json.dumps(ban_answer(label="4\u0000 Rue\ud800 Leperdit\n" + "x" * 999)))
    label = ban(server).locate(ADDRESS).label
    assert label.startswith("4 Rue Leperditxxx")
    assert len(label) == 200


# --- as badly as can be ---


def feature(**changes: Any) -> str:
    answer = ban_answer()
    answer["features"][0] |= changes
    return json.dumps(answer)


GARBAGE: dict[str, str | bytes] = {
    "html": "<html>busy</html>",
    "nothing": "",
    "bytes": b"\xff\xfe\x00",
    "text": '"the features of Rennes"',
    "features-text": '{"features": "none"}',
    "feature-null": '{"features": [null]}',
    "feature-list": '{"features": [[]]}',
    "no-geometry": feature(geometry=None),
    "no-coordinates": feature(geometry={"coordinates": []}),
    "words": feature(geometry={"coordinates": ["west", "north"]}),
    "off-earth": feature(geometry={"coordinates": [-1.68, 91.0]}),
    "round-the-earth": feature(geometry={"coordinates": [540.0, 48.1]}),
    "nan": feature(geometry={"coordinates": [float("nan"), 48.1]}),
    "infinite": feature(geometry={"coordinates": [float("inf"), 48.1]}),
    "no-properties": feature(properties=None),
    "no-score": json.dumps(ban_answer(score=None)),
    "word-score": json.dumps(ban_answer(score="high")),
    "nan-score": json.dumps(ban_answer(score=float("nan"))),
    "negative-score": json.dumps(ban_answer(score=-1)),
    "deep": "[" * 100_000,
    "long": json.dumps(ban_answer(label="x" * 2_000_000)),
}


def drip(server: Server, head: bool) -> Answering:
    """A byte now and then, for as long as the test lasts."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\n" + (b"" if head else b"\r\n"))
        while not server.over.wait(0.05):
            handler.wfile.write(b"x")
            handler.wfile.flush()

    return answer


def say_hello(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"hello\n")


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.close()


def wait(server: Server) -> Answering:
    def answer(_: BaseHTTPRequestHandler) -> None:
        server.over.wait(30)

    return answer


def bad_answers(server: Server) -> dict[str, Answering]:
    made = {name: text(body) for name, body in GARBAGE.items()}
    made |= {str(status): text("{}", status) for status in STATUSES}
    made["redirect"] = text("", 302, Location=f"http://{server.domain}/elsewhere")
    made["cut"] = text("{", Content_Length="1000")
    made["no-http"] = say_hello
    made["hang-up"] = hang_up
    made["silent"] = wait(server)
    made["drip-head"] = drip(server, head=True)
    made["drip-body"] = drip(server, head=False)
    return made


STATUSES = (401, 403, 404, 429, 500, 502, 503)
RUDE = ("redirect", "cut", "no-http", "hang-up", "silent", "drip-head", "drip-body")


def test_every_bad_answer_is_tried(server: Server) -> None:
    assert set(bad_answers(server)) == {*GARBAGE, *map(str, STATUSES), *RUDE}


@pytest.mark.parametrize("name", [*GARBAGE, *map(str, STATUSES), *RUDE])
def test_bad_answer_is_a_geocoder_that_is_down_soon(server: Server, name: str) -> None:
    server.answer = bad_answers(server)[name]
    begun = monotonic()
    with pytest.raises(GeocoderDown):
        ban(server, timeout_s=0.15).locate(ADDRESS)
    assert monotonic() - begun < 3
    assert [urlsplit(path).path for path in server.asked] == ["/geocodage/search"] * len(server.asked)
    with pytest.raises(GeocoderDown):
        nominatim(server, timeout_s=0.15).locate(ADDRESS)


def test_nobody_there_is_down() -> None:
    with pytest.raises(GeocoderDown):
        BanGeocoder("127.0.0.1:1", "http", 0.3).locate(ADDRESS)


# --- a pause ---


class Flaky:
    """Fails as often as it is told."""

    def __init__(self) -> None:
        self.fails = False
        self.asked = 0

    def locate(self, address: str) -> Match:
        self.asked += 1
        if self.fails:
            raise GeocoderDown("silent")
        return Match(address, "house", 1.0, 1.0, 2.0)


def test_silent_geocoder_is_left_in_peace_for_a_while() -> None:
    clock = [0.0]
    flaky = Flaky()
    breaker = Breaker(flaky, lambda: clock[0])
    flaky.fails = True
    for _ in range(FAILURES + 5):
        with pytest.raises(GeocoderDown):
            breaker.locate(ADDRESS)
    assert flaky.asked == FAILURES
    clock[0] += PAUSE_S
    with pytest.raises(GeocoderDown):
        breaker.locate(ADDRESS)
    assert flaky.asked == FAILURES + 1
    clock[0] += PAUSE_S
    flaky.fails = False
    assert breaker.locate(ADDRESS).located


def test_some_failures_are_no_pause() -> None:
    flaky = Flaky()
    breaker = Breaker(flaky, lambda: 0.0)
    for _ in range(3):
        flaky.fails = True
        for _ in range(FAILURES - 1):
            with pytest.raises(GeocoderDown):
                breaker.locate(ADDRESS)
        flaky.fails = False
        assert breaker.locate(ADDRESS).located


# --- from the setting to the job ---


@contextmanager
def configured(runtime: Runtime, server: Server, kind: str) -> Iterator[Runtime]:
    settings = Settings(
        geocoder=kind,
        geocoder_domain=server.domain,
        geocoder_scheme="http",
        geocoder_timeout_s=0.15,
        addresses=NOWHERE,
        roads=NOWHERE,
    )
    yield replace(runtime, places=geocoder_from(settings))


def test_nobody_is_asked_unless_configured() -> None:
    assert geocoder_from(Settings(geocoder="none")).locate(ADDRESS) == NOTHING
    assert geocoder_from(Settings(addresses=NOWHERE, roads=NOWHERE)).locate(ADDRESS) == NOTHING


def test_job_is_located_by_the_configured_geocoder(runtime: Runtime, server: Server) -> None:
    a_kind(runtime)
    server.answer = text(json.dumps(ban_answer()))
    with configured(runtime, server, "ban") as business:
        body = a_job(business, client={"name": "x"}, site=SITE).body
        assert (body["site"]["lat"], body["site"]["lon"], body["warnings"]) == (48.1126, -1.6829, [])
        a_job(business, client={"name": "x"}, site=SITE)
    assert len(server.asked) == 1
    server.answer = text(json.dumps(nominatim_answer(addresstype="road")))
    with configured(runtime, server, "nominatim") as business:
        body = a_job(business, client={"name": "x"}, site=SITE | {"address": "rue Leperdit"}).body
        assert body["site"]["match"] == {
            "label": "4, Rue Leperdit, Rennes, 35000, France",
            "precision": "street",
            "score": 1.0,
            "source": "nominatim",
        }
        assert [one["code"] for one in body["attention"]] == ["poor_match"]


@pytest.mark.parametrize("name", ["500", "silent", "html", "nan-score", "drip-body"])
def test_bad_answer_refuses_no_job_and_locates_none(runtime: Runtime, server: Server, name: str) -> None:
    a_kind(runtime)
    server.answer = bad_answers(server)[name]
    with configured(runtime, server, "ban") as business:
        body = a_job(business, client={"name": "x"}, site=SITE).body
    assert (body["site"]["lat"], body["site"]["match"]["precision"]) == (None, "none")
    assert {one["code"] for one in body["warnings"]} == {"no_location", "geocoder_unavailable"}
    assert [one["code"] for one in body["attention"]] == ["no_location"]
    json.dumps(body, allow_nan=False)
