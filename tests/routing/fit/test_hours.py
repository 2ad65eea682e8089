"""Reasons where travel depends on the hour: what is said of the way is said of the hours of the shift."""

import numpy as np
import pytest

from routing import Matrix, Problem, ReasonCode, Seconds, fit
from tests.builders import HOUR, a_problem, a_shift, a_visit, a_window

NOON = 24
"""The knot with which the jam is over."""


def morning_jam(shift: tuple[float, float], max_travel_s: int | None, window: tuple[int, int]) -> Problem:
    """Ten minutes each way, and until noon forty; half an hour on site."""
    quick = np.array([[0, 600], [600, 0]], np.int32)
    matrix = Matrix.timed(np.stack([quick * 4, quick]), quick * 10, [0] * NOON + [1] * NOON)
    start, end = (int(hour * HOUR) for hour in shift)
    most = None if max_travel_s is None else Seconds(max_travel_s)
    return a_problem(
        [a_visit("v", location=1, windows=[a_window(window[0] * HOUR, window[1] * HOUR)], service_s=1800)],
        [a_shift(start=start, end=end, max_travel_s=most)],
        matrix=matrix,
    )


@pytest.mark.parametrize(
    ("shift", "max_travel_s", "window", "code", "detail"),
    [
        ((7, 11), 3600, (6, 23), ReasonCode.MAX_TRAVEL, "1 h 20 min there and back, at most 1 h 00 min"),
        ((7, 11), 1199, (6, 23), ReasonCode.MAX_TRAVEL, "0 h 20 min there and back, at most 0 h 20 min"),
        ((7, 8.5), None, (6, 23), ReasonCode.TOO_FAR, "1 h 20 min there and back and 0 h 30 min on site do not fit"),
        ((7, 8.5), 3600, (6, 23), ReasonCode.TOO_FAR, "1 h 20 min there and back and 0 h 30 min on site do not fit"),
        ((7, 17), 3600, (20, 23), ReasonCode.WINDOW_CLOSED, "no time window falls into the shift"),
        ((7, 17), 3600, (5, 7), ReasonCode.WINDOW_CLOSED, "no time window can be kept within the shift"),
        ((7, 17), 3600, (9, 10), ReasonCode.MAX_TRAVEL, "1 h 20 min there and back, at most 1 h 00 min"),
    ],
)
def test_reason_tells_of_the_hours_of_the_shift(
    shift: tuple[float, float], max_travel_s: int | None, window: tuple[int, int], code: ReasonCode, detail: str
) -> None:
    answer = fit(morning_jam(shift, max_travel_s, window), {}, "v")
    assert not answer.is_possible_alone
    (reason,) = answer.obstacles
    assert reason.code is code
    assert detail in reason.detail


def test_place_at_an_hour_without_a_jam_is_found() -> None:
    (place,) = fit(morning_jam((7, 17), 3600, (13, 14)), {}, "v").places
    assert (place.start, place.extra_travel_s) == (13 * HOUR, 1200)
