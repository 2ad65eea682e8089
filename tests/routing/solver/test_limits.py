"""When a solve is over, and when even writing its plan must end."""

from itertools import count

from routing.solver import Limits
from routing.solver.limits import Clock


def test_iterations_alone_never_end_by_the_clock() -> None:
    clock = Clock(Limits(iterations=0))
    assert not clock.is_over()
    assert not clock.is_long_over()


def test_time_is_over_when_less_than_the_reserve_is_left() -> None:
    clock = Clock(Limits(seconds=3600))
    assert not clock.is_over()
    assert clock.is_over(reserve_s=3600)
    assert not clock.is_long_over()


def test_no_time_is_over_at_once_and_leaves_some_for_the_plan() -> None:
    clock = Clock(Limits(seconds=0))
    assert clock.is_over()
    while not clock.is_long_over():
        assert clock.elapsed_s < 60
    assert clock.elapsed_s >= Clock.GRACE_S


def test_who_stopped_once_is_not_asked_again() -> None:
    asked = count()
    clock = Clock(Limits(seconds=3600, stop=lambda: next(asked) >= 0))
    assert clock.is_over()
    assert clock.is_stopped
    assert next(asked) == 1
    while not clock.is_long_over():
        assert clock.elapsed_s < 60


def test_stop_is_not_asked_at_every_turn() -> None:
    asked = count()
    clock = Clock(Limits(seconds=3600, stop=lambda: next(asked) < 0))
    for _ in range(1000):
        assert not clock.is_over()
    assert next(asked) <= 1 + clock.elapsed_s / Clock.ASKS_EVERY_S
