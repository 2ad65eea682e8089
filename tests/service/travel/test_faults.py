"""Row R18: servers that are down, slow or wrong in every way: the formula answers, marked, until they are well."""

import json
import socket
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from service.breaker import PAUSE_S
from service.travel.engine import Engine
from service.travel.formula import FormulaTravel
from service.travel.osrm_server import OsrmServer
from service.travel.road_travel import TRIES, RoadTravel
from service.travel.source import SOURCES, Place, Tables
from service.travel.valhalla_server import ValhallaServer
from tests.polling import wait_until
from tests.service.travel.hostile import (
    Answering,
    Handler,
    Hostile,
    Json,
    flooding,
    seconds_of,
    served,
    silent,
    table,
    text,
    trickling,
    well,
)

FORMULA = SOURCES.index("formula")
PLACES: list[Place] = [(48.08 + 0.012 * number, -1.74 + 0.02 * (number * 5 % 7)) for number in range(7)]

Making = Callable[[str], Engine]

QUICK_S = 0.3


def osrm(url: str) -> Engine:
    return OsrmServer(url, timeout_s=QUICK_S)


def valhalla(url: str) -> Engine:
    return ValhallaServer(url, timeout_s=QUICK_S)


class Clock:
    """Stands until it is moved."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def spoiled(change: Callable[[list[list[object]]], object]) -> Answering:
    """A table whose seconds were changed in place."""

    def spoil(answer: Json) -> Json:
        change(seconds_of(answer))
        return answer

    return table(spoil)


def all_cells(value: object) -> Answering:
    def change(rows: list[list[object]]) -> None:
        for row in rows:
            row[:] = [value] * len(row)

    return spoiled(change)


def cut_row(rows: list[list[object]]) -> object:
    return rows.pop()


def cut_cell(rows: list[list[object]]) -> object:
    return rows[0].pop()


def skew(rows: list[list[object]]) -> None:
    """Every way back takes twenty times as long."""
    for number, row in enumerate(rows):
        row[:number] = [float(str(cell)) * 20 for cell in row[:number]]


def scaled(factor: float) -> Answering:
    def change(rows: list[list[object]]) -> None:
        for row in rows:
            row[:] = [float(str(cell)) * factor for cell in row]

    return spoiled(change)


def lengths(metres: float) -> Callable[[Json], Json]:
    """Every way takes ten minutes and is equally long, in the words of whichever engine."""

    def spoil(answer: Json) -> Json:
        for row in seconds_of(answer):
            row[:] = [600.0] * len(row)
        far = answer["distances"] if "distances" in answer else answer["sources_to_targets"]["distances"]
        for row in far:
            row[:] = [metres if "distances" in answer else metres / 1000] * len(row)
        return answer

    return spoil


WRONG: dict[str, Answering] = {
    "silent": silent,
    "trickling": trickling,
    "flooding": flooding,
    "garbage": text(b"\x00\xff\xfe not json"),
    "page of a proxy": text(b"<html><body>Welcome</body></html>", Content_Type="text/html"),
    "nothing": text(b""),
    "a number": text(b"42"),
    "null": text(b"null"),
    "a list": text(b"[]"),
    "an empty object": text(b"{}"),
    "deep nesting": text(b"[" * 100_000),
    "status 429": text(b'{"code": "TooMany"}', 429, Retry_After="1"),
    "status 500": text(b"oops", 500),
    "status 204": text(b"", 204),
    "status 400": text(b'{"code": "InvalidQuery", "error_code": 110}', 400),
    "negative": all_cells(-60),
    "all missing": all_cells(None),
    "not a number": text(b'{"durations": [[NaN]]}'),
    "endless": spoiled(lambda rows: [row.__setitem__(slice(None), [1e308 * 10] * len(row)) for row in rows]),
    "words": all_cells("soon"),
    "numbers as words": all_cells("600"),
    "no numbers as words": all_cells("NaN"),
    "truth": all_cells(True),
    "all alike": table(lengths(20_000.0)),
    "objects": all_cells({"seconds": 5}),
    "row missing": spoiled(cut_row),
    "cell missing": spoiled(cut_cell),
    "at the speed of light": all_cells(0.001),
    "a week each": all_cells(604_800),
    "hours back": spoiled(skew),
    "on foot": scaled(12.0),
    "milliseconds": scaled(1000.0),
}


@pytest.fixture(params=[osrm, valhalla])
def making(request: pytest.FixtureRequest) -> Making:
    """Either kind of server."""
    made: Making = request.param
    return made


def is_estimate(tables: Tables) -> bool:
    usual = FormulaTravel().table("car", PLACES, PLACES)
    return (
        tables.degraded
        and (tables.source == FORMULA).all()
        and np.array_equal(tables.seconds, usual.seconds)
        and np.array_equal(tables.metres, usual.metres)
    )


@pytest.mark.parametrize("fault", WRONG)
def test_wrong_server_is_replaced_left_alone_and_heals(hostile: Hostile, making: Making, fault: str) -> None:
    clock = Clock()
    travel = RoadTravel(making(hostile.url), FormulaTravel(), clock)
    hostile.answer = WRONG[fault]
    with capture_logs() as logs:
        assert is_estimate(travel.table("car", PLACES, PLACES))
        assert 1 <= len(hostile.asked) <= 2 * TRIES
        assert not travel.state().ok and "is down" in travel.state().detail
        asked = len(hostile.asked)
        clock.now += PAUSE_S - 1
        assert is_estimate(travel.table("car", PLACES, PLACES))
        assert [line.source for line in travel.lines("car", PLACES[:2])] == ["formula"]
        assert travel.snaps("car", PLACES[:1]) == [(None, False)]
        assert len(hostile.asked) == asked
        hostile.answer = well()
        clock.now += 1
        healed = travel.table("car", PLACES, PLACES)
        assert travel.table("car", PLACES[:2], PLACES).seconds.tolist() == healed.seconds[:2].tolist()
    assert not healed.degraded and (healed.source == SOURCES.index(travel.name)).all()
    assert travel.state().ok
    assert [entry["event"] for entry in logs] == ["travel_engine_down", "travel_engine_up"]


def test_server_that_stays_down_is_tried_once_a_pause_and_logged_once(hostile: Hostile, making: Making) -> None:
    clock = Clock()
    travel = RoadTravel(making(hostile.url), FormulaTravel(), clock)
    hostile.answer = text(b"", 500)
    with capture_logs() as logs:
        for _ in range(5):
            assert is_estimate(travel.table("car", PLACES, PLACES))
            assert is_estimate(travel.table("car", PLACES, PLACES))
            clock.now += PAUSE_S
    assert len(hostile.asked) == 5 * TRIES
    assert [entry["event"] for entry in logs] == ["travel_engine_down"]


def test_it_heals_where_nobody_asks_for_ways(hostile: Hostile, making: Making) -> None:
    """Whoever looks at its state has it tried with what it could not answer, once a pause."""
    clock = Clock()
    travel = RoadTravel(making(hostile.url), FormulaTravel(), clock)
    hostile.answer = all_cells(-60)
    travel.table("car", PLACES, PLACES)
    asked = len(hostile.asked)
    clock.now += PAUSE_S - 1
    assert not travel.state().ok
    assert len(hostile.asked) == asked
    hostile.answer = well()
    clock.now += 1
    wait_until(lambda: travel.state().ok, 10, "it was tried")
    assert asked < len(hostile.asked) <= asked + 2


def test_nobody_listens(making: Making) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        travel = RoadTravel(making(f"http://127.0.0.1:{taken.getsockname()[1]}"), FormulaTravel())
        assert is_estimate(travel.table("car", PLACES, PLACES))
        assert "ConnectionRefusedError" in travel.state().detail


def test_nobody_accepts(making: Making) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        travel = RoadTravel(making(f"http://127.0.0.1:{deaf.getsockname()[1]}"), FormulaTravel())
        assert is_estimate(travel.table("car", PLACES, PLACES))
        assert f"within {QUICK_S:g} s" in travel.state().detail


def test_nobody_is_sent_elsewhere(hostile: Hostile, making: Making, elsewhere: Hostile) -> None:
    hostile.answer = text(b"", 302, Location=f"{elsewhere.url}/table/v1/driving")
    travel = RoadTravel(making(hostile.url), FormulaTravel())
    assert is_estimate(travel.table("car", PLACES, PLACES))
    assert "302" in travel.state().detail
    assert elsewhere.asked == []


def test_server_that_says_too_much_is_not_asked_again_at_once(hostile: Hostile, making: Making) -> None:
    hostile.answer = text(b"", 429)
    assert is_estimate(RoadTravel(making(hostile.url), FormulaTravel()).table("car", PLACES, PLACES))
    assert len(hostile.asked) == 1


def test_what_the_server_says_of_its_refusal_is_told(hostile: Hostile, making: Making) -> None:
    hostile.answer = text(b'{"code": "InvalidUrl", "message": "secret"}', 400)
    travel = RoadTravel(making(hostile.url), FormulaTravel())
    travel.table("car", PLACES, PLACES)
    assert "(status 400, InvalidUrl)" in travel.state().detail


def test_one_failure_is_made_good_by_the_second_try(hostile: Hostile, making: Making) -> None:
    good, bad = well(), text(b"", 503)

    def answer(handler: Handler) -> None:
        (bad if len(hostile.asked) == 1 else good)(handler)

    hostile.answer = answer
    travel = RoadTravel(making(hostile.url), FormulaTravel())
    assert not travel.table("car", PLACES, PLACES).degraded
    assert travel.state().ok


@pytest.mark.parametrize("odd", [-5, 0, 1e9, None])
def test_single_odd_cell_is_estimated_and_the_rest_believed(hostile: Hostile, making: Making, odd: object) -> None:
    hostile.answer = spoiled(lambda rows: rows[1].__setitem__(4, odd))
    travel = RoadTravel(making(hostile.url), FormulaTravel())
    tables = travel.table("car", PLACES, PLACES)
    assert np.argwhere(tables.source == FORMULA).tolist() == [[1, 4]]
    assert tables.seconds[1, 4] == FormulaTravel().table("car", PLACES, PLACES).seconds[1, 4]
    assert (tables.degraded, travel.odd_cells) == (True, 1)
    assert travel.state().ok


def test_server_for_another_profile_is_found_out(hostile: Hostile) -> None:
    """It answers for cars, whatever is asked."""
    travel = RoadTravel(OsrmServer(hostile.url + "/{profile}", timeout_s=QUICK_S), FormulaTravel())
    assert not travel.table("car", PLACES, PLACES).degraded
    assert travel.table("foot", PLACES, PLACES).degraded


@pytest.mark.parametrize("value", [0, 1e-9])
def test_places_in_one_quarter_are_no_way_apart(hostile: Hostile, making: Making, value: float) -> None:
    near = [(48.11 + 0.0007 * number, -1.68 + 0.0005 * (number * 3 % 7)) for number in range(10)]
    hostile.answer = all_cells(value)
    travel = RoadTravel(making(hostile.url), FormulaTravel())
    assert travel.table("car", near, near).degraded
    assert not travel.state().ok


def test_answer_that_says_it_is_none_is_none(hostile: Hostile) -> None:
    hostile.answer = well(lambda answer: answer | {"code": "InvalidQuery"})
    travel = RoadTravel(osrm(hostile.url), FormulaTravel())
    assert is_estimate(travel.table("car", PLACES, PLACES))
    assert "InvalidQuery" in travel.state().detail


def test_server_that_refuses_each_time_another_place_is_down_at_last(hostile: Hostile) -> None:
    hostile.answer = text(b'{"code": "NoSegment", "message": "no matching segment for coordinate 0"}', 400)
    travel = RoadTravel(osrm(hostile.url), FormulaTravel())
    tables = travel.table("car", PLACES, PLACES)
    assert (tables.source == FORMULA).all() and (tables.seconds + np.eye(7, dtype=np.int32) > 0).all()
    assert len(hostile.asked) <= 2 * len(PLACES)
    hostile.answer = text(b'{"code": "NoSegment", "message": "no matching segment for coordinate 99"}', 400)
    assert is_estimate(travel.table("car", PLACES, PLACES))


@pytest.mark.parametrize(
    "answer",
    [
        {"code": "Ok", "waypoints": [{"distance": 1}, {"distance": 1}], "routes": []},
        {"code": "Ok", "waypoints": [{"distance": 1}, {"distance": 1}], "routes": [{"geometry": {"coordinates": 5}}]},
        {
            "code": "Ok",
            "waypoints": [{"distance": 1}] * 2,
            "routes": [{"geometry": {"coordinates": [[1, 200], [1, 2]]}}],
        },
        {"code": "Ok", "waypoints": [{"distance": -1}, {"distance": 1}]},
        {"trip": {"legs": [{"shape": "\u00ff\u00ff"}]}},
        {"trip": {"legs": [{"shape": 5}]}},
        {"trip": {"legs": []}},
    ],
)
def test_lines_that_are_none_are_drawn_straight(hostile: Hostile, making: Making, answer: Json) -> None:
    located = [{"edges": [{"correlated_lat": lat, "correlated_lon": lon}]} for lat, lon in PLACES[:2]]
    nodes = [at | {"nodes": []} for at in located]

    def say(handler: Handler) -> None:
        handler.say(json.dumps(nodes if handler.path.startswith("/locate") else answer).encode())

    hostile.answer = say
    travel = RoadTravel(making(hostile.url), FormulaTravel())
    (line,) = travel.lines("car", PLACES[:2])
    assert line == (tuple(PLACES[:2]), "formula")
    assert not travel.state().ok


@pytest.fixture
def elsewhere() -> Iterator[Hostile]:
    """Another server, which nobody may ask."""
    with served() as server:
        yield server


KEYS = st.sampled_from(
    [
        "code",
        "durations",
        "distances",
        "sources",
        "destinations",
        "distance",
        "sources_to_targets",
        "error_code",
        "edges",
    ]
)
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=3)
)
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=25
)


@settings(max_examples=80, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answer=ANYTHING, status=st.sampled_from([200, 400, 404, 500]))
def test_no_answer_whatever_breaks_a_table(hostile: Hostile, making: Making, answer: Json, status: int) -> None:
    hostile.answer = text(json.dumps(answer).encode(), status)
    travel = RoadTravel(making(hostile.url), FormulaTravel())
    tables = travel.table("car", PLACES[:2], PLACES[:2])
    assert (tables.seconds + np.eye(2, dtype=np.int32) > 0).all()
    assert travel.table("car", PLACES[:2], PLACES[:2]).source.shape == (2, 2)
    assert len(travel.lines("car", PLACES[:3])) == 2
    assert len(travel.snaps("car", PLACES[:3])) == 3


EVERYWHERE = st.tuples(
    st.integers(-90_000_000, 90_000_000).map(lambda micro: micro / 1e6),
    st.integers(-180_000_000, 180_000_000).map(lambda micro: micro / 1e6),
)
CORNERS: list[Place] = [
    (90.0, 0.0),
    (90.0, 90.0),
    (-90.0, 10.0),
    (10.0, 180.0),
    (10.0, -180.0),
    (89.9999, 5.0),
    (89.9999, 5.000001),
    (65.0, 20.0),
    (65.0, 20.000001),
]


@settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=st.lists(EVERYWHERE, max_size=8))
@pytest.mark.parametrize("is_down", [False, True])
def test_no_way_between_two_places_is_nothing(
    hostile: Hostile, making: Making, places: list[Place], is_down: bool
) -> None:
    hostile.answer = text(b"", 429) if is_down else well()
    wanted = list(dict.fromkeys([*CORNERS, *places]))
    tables = RoadTravel(making(hostile.url), FormulaTravel()).table("car", wanted, wanted)
    same = np.eye(len(wanted), dtype=np.bool_)
    assert (tables.seconds[~same] > 0).all() and (tables.metres[~same] > 0).all()
    assert not tables.seconds[same].any() and not tables.metres[same].any()
