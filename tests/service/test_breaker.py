"""A breaker: when it opens, who tries, and when it closes."""

from collections.abc import Callable
from threading import Event, Thread

import pytest

from service.breaker import PAUSE_S, Breaker, Tripped


class Down(Exception):
    """What the test's server says."""


class Clock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Told:
    """A breaker, and everything that it said."""

    def __init__(self, failures: int = 1) -> None:
        self.clock = Clock()
        self.heard: list[str | None] = []
        self.asked = 0
        self.breaker = Breaker(Down, failures=failures, clock=self.clock, on_change=self.heard.append)

    def fail(self, kind: type[Exception] = Down) -> None:
        with pytest.raises(kind):
            self.breaker.call(self._raising(kind))

    def succeed(self) -> int:
        return self.breaker.call(self._count)

    def refuse(self) -> None:
        asked = self.asked
        with pytest.raises(Tripped, match="silent"):
            self.breaker.call(self._count)
        assert self.asked == asked

    def _count(self) -> int:
        self.asked += 1
        return self.asked

    def _raising(self, kind: type[Exception]) -> Callable[[], None]:
        def ask() -> None:
            self.asked += 1
            raise kind("silent")

        return ask


def test_opens_after_so_many_failures_in_a_row() -> None:
    it = Told(failures=3)
    it.fail()
    it.fail()
    it.succeed()
    it.fail()
    it.fail()
    assert it.heard == []
    it.fail()
    assert it.heard == [it.breaker.fault] == ["silent"]
    it.refuse()


def test_one_tries_after_the_pause_and_closes_it() -> None:
    it = Told()
    it.fail()
    it.clock.now += PAUSE_S - 1
    it.refuse()
    it.clock.now += 1
    it.succeed()
    it.succeed()
    assert it.heard == ["silent", None]
    assert it.breaker.fault is None


def test_failing_trial_opens_it_for_another_pause_and_is_not_told() -> None:
    it = Told(failures=3)
    for _ in range(3):
        it.fail()
    it.clock.now += PAUSE_S
    it.fail()
    it.clock.now += PAUSE_S - 1
    it.refuse()
    it.clock.now += 1
    it.succeed()
    assert it.heard == ["silent", None]


def test_others_are_refused_while_one_tries() -> None:
    it = Told()
    it.fail()
    it.clock.now += PAUSE_S
    begun, may_end = Event(), Event()

    def ask() -> str:
        begun.set()
        assert may_end.wait(10)
        return "well"

    thread = Thread(target=lambda: it.breaker.call(ask))
    thread.start()
    assert begun.wait(10)
    it.refuse()
    may_end.set()
    thread.join(10)
    it.succeed()


def test_late_success_of_somebody_who_asked_before_does_not_close_it() -> None:
    it = Told()
    begun, may_end = Event(), Event()

    def ask() -> str:
        begun.set()
        assert may_end.wait(10)
        return "well"

    thread = Thread(target=lambda: it.breaker.call(ask))
    thread.start()
    assert begun.wait(10)
    it.fail()
    may_end.set()
    thread.join(10)
    it.refuse()


def test_errors_of_our_own_neither_open_nor_block_it() -> None:
    it = Told()
    it.fail(KeyError)
    assert it.breaker.fault is None
    it.fail()
    it.clock.now += PAUSE_S
    it.fail(KeyError)
    it.succeed()
    assert it.heard == ["silent", None]


def test_says_since_when() -> None:
    it = Told()
    assert it.breaker.since_s is None
    it.fail()
    it.clock.now += 7
    assert it.breaker.since_s == 7
