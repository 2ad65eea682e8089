"""The assumed course of the day."""

from itertools import pairwise

import numpy as np
import pytest

from service.roads.factors import (
    CLASSES,
    DRIVEN,
    EVENING,
    SHARES,
    classes_at,
    default_slots,
    factor_of,
    half_hour,
    overall_factor,
    overall_factors,
)
from service.travel.slots import ANY, DAY_CLASSES, HALF_HOURS


def test_slots_are_few_and_those_that_have_factors() -> None:
    assert set(default_slots().names) == set(SHARES)
    assert len(default_slots().names) <= 10


@pytest.mark.parametrize(
    ("day", "clock", "slot"),
    [
        ("weekday", "17:00", "evening"),
        ("weekday", "18:00", "evening"),
        ("weekday", "18:30", "busy"),
        ("weekday", "07:30", "morning"),
        ("weekday", "12:30", ANY),
        ("weekday", "03:00", ANY),
        ("saturday", "15:00", "light"),
        ("saturday", "08:00", ANY),
        ("sunday", "17:00", ANY),
    ],
)
def test_hours_have_the_slots_that_the_documentation_tells(day: str, clock: str, slot: str) -> None:
    assert default_slots().by_class[day][half_hour(clock)] == slot


def test_evening_is_as_measured_and_free_flow_is_free() -> None:
    assert {one: factor_of(one, "evening") for one in CLASSES} == pytest.approx(dict(EVENING))
    assert {factor_of(one, ANY) for one in CLASSES} == {1.0}
    assert factor_of("town", "morning") == pytest.approx(1.272)


def test_whole_trips_are_slowed_between_the_least_and_the_most_of_their_roads() -> None:
    assert sum(DRIVEN.values()) < 1  # junctions know no hour
    for slot in SHARES:
        assert 1.0 <= overall_factor(slot) <= max(factor_of(one, slot) for one in CLASSES)
    assert overall_factor("evening") == pytest.approx(1.27, abs=0.01)


def test_overall_factors_follow_the_slots() -> None:
    factors = overall_factors()
    assert set(factors) == set(DAY_CLASSES)
    assert all(len(day) == HALF_HOURS for day in factors.values())
    assert factors["weekday"][half_hour("17:30")] == overall_factor("evening")
    assert set(factors["sunday"]) == {1.0}


def test_level_changes_by_less_than_two_fifths_of_the_peak_from_one_half_hour_to_the_next() -> None:
    """So a way of an hour in free flow never loses more than a half hour between neighbours."""
    for day in DAY_CLASSES:
        for one, other in pairwise(default_slots().by_class[day]):
            worst = max(abs(factor_of(kind, one) - factor_of(kind, other)) for kind in CLASSES)
            assert worst * 3600 < 1800


def test_roads_have_the_class_of_their_limit() -> None:
    kmh = {88.0: "fast", 64.0: "fast", 56.0: "main", 40.0: "town", 24.0: "slow", 5.0: "slow"}
    assert [CLASSES[one] for one in classes_at(np.array(list(kmh)))] == list(kmh.values())
