"""Whoever is in haste waits for no engine: the question goes on beside, and its answer is there for the next."""

from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Event
from time import monotonic

import pytest

from service.breaker import PAUSE_S
from service.store.database import Database
from service.travel import Snap
from service.travel.cache import CachedTravel
from service.travel.cache_outside import asked_outside
from service.travel.haste import MOST_BESIDE, Haste, in_haste, patience_ends
from tests.polling import wait_until
from tests.service.fake_roads import FakeRoads

PLACES = [(48.1 + number / 500, -1.7 + number / 300) for number in range(5)]
NOW = datetime(2020, 3, 13, 5, 30, tzinfo=UTC)


class Slow:
    """An engine that answers when the test lets it."""

    def __init__(self, database: Database) -> None:
        self.roads = FakeRoads()
        self.let = Event()
        self.roads.before_answer = lambda: self.let.wait(30)
        self.travel = CachedTravel(self.roads, database, lambda: NOW)


@pytest.fixture
def slow(database: Database) -> Iterator[Slow]:
    made = Slow(database)
    yield made
    made.let.set()
    assert made.travel.settle()


def test_what_is_not_there_in_time_is_estimated_and_known_later(slow: Slow) -> None:
    with in_haste(monotonic()):
        told = slow.travel.table("car", PLACES, PLACES)
    assert told.degraded and not told.source.any()
    slow.let.set()

    def is_known() -> bool:
        with in_haste(monotonic()):
            return not slow.travel.table("car", PLACES, PLACES).degraded

    wait_until(is_known, 10, "the answer came")
    asked = len(slow.roads.asked)
    assert slow.travel.table("car", PLACES, PLACES).source.all()
    assert len(slow.roads.asked) == asked


def test_snaps_too(slow: Slow) -> None:
    gate = Event()
    snaps = slow.roads.snaps
    slow.roads.snaps = lambda profile, places: gate.wait(30) and snaps(profile, places)  # type: ignore[method-assign, assignment, return-value]
    with in_haste(monotonic()):
        assert slow.travel.snaps("car", PLACES[:1]) == [Snap(None)]
        assert slow.travel.recall_snaps("car", PLACES[:1]) == [None]
    gate.set()
    wait_until(lambda: slow.travel.recall_snaps("car", PLACES[:1]) == [Snap(3.0)], 10, "the answer came")


def test_without_haste_it_takes_as_long_as_it_takes(slow: Slow) -> None:
    slow.let.set()
    assert patience_ends() is None
    with in_haste():
        assert not slow.travel.table("car", PLACES, PLACES).degraded
    assert not slow.travel.table("foot", PLACES, PLACES).degraded


def test_work_begun_anew_keeps_its_haste(slow: Slow, database: Database) -> None:
    def work() -> bool:
        with in_haste(monotonic()), database.write():
            return slow.travel.table("car", PLACES, PLACES).degraded

    assert asked_outside(work)
    assert slow.roads.asked_inside == 0


def test_one_that_was_late_keeps_nobody_waiting_for_a_while() -> None:
    now, let = [0.0], Event()
    haste = Haste(lambda: now[0])
    with in_haste(monotonic()):
        assert haste.ask(lambda: let.wait(30) and "told", lambda: "estimated") == "estimated"
    with in_haste(monotonic() + 1000):
        assert haste.ask(lambda: let.wait(30) and "told", lambda: "estimated") == "estimated"
        let.set()
        now[0] += PAUSE_S
        assert haste.ask(lambda: "told", lambda: "estimated") == "told"


def test_not_too_many_questions_go_on_beside() -> None:
    let, asked = Event(), []
    haste = Haste()

    def ask() -> str:
        asked.append(1)
        let.wait(30)
        return "told"

    with in_haste(monotonic()):
        for _ in range(3 * MOST_BESIDE):
            assert haste.ask(ask, lambda: "estimated") == "estimated"
    wait_until(lambda: len(asked) == MOST_BESIDE, 10, "they have begun")
    assert not haste.settle(0)
    let.set()
    assert haste.settle(10)


def test_failure_beside_is_an_estimate() -> None:
    def fail() -> str:
        raise ValueError("odd")

    with in_haste():
        assert Haste().ask(fail, lambda: "estimated") == "estimated"
