"""Travel by formula."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import Matrix
from service.travel import PROFILES, FormulaTravel, Place, great_circle_m
from service.travel.formula import DETOUR, EARTH_RADIUS_M
from tests.service.rows import EXAMPLES

RENNES: Place = (48.1126, -1.6829)
TRAVEL = FormulaTravel()
POINTS = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
FITTED = {"car": (49, 0.104), "bike": (68, 0.311), "foot": (112, 0.869)}


def north(metres: float) -> Place:
    return RENNES[0] + math.degrees(metres / EARTH_RADIUS_M), RENNES[1]


def seconds(profile: str, metres: float) -> int:
    return int(TRAVEL.table(profile, [RENNES], [north(metres)])[0].item())


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("metres", [300, 1000, 5000, 16_000])
def test_fitted_range_is_the_fitted_line(profile: str, metres: float) -> None:
    fixed, slope = FITTED[profile]
    assert seconds(profile, metres) == pytest.approx(fixed + slope * metres, abs=1.01)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("border", [300.0, 16_000.0])
def test_time_does_not_jump_where_the_fitted_range_ends(profile: str, border: float) -> None:
    assert abs(seconds(profile, border + 0.5) - seconds(profile, border - 0.5)) <= 2


@pytest.mark.parametrize("profile", PROFILES)
def test_farther_is_never_sooner(profile: str) -> None:
    there = [north(metres) for metres in np.geomspace(1, 10_000_000, 400)]
    times, metres, *_ = TRAVEL.table(profile, [RENNES], there)
    assert (np.diff(times[0]) >= 0).all()
    assert (np.diff(metres[0]) >= 0).all()
    assert times[0, 0] >= 1


def test_far_away_a_car_does_eighty() -> None:
    assert seconds("car", 116_000) - seconds("car", 16_000) == pytest.approx(DETOUR * 100_000 / (80 / 3.6), abs=2)


def test_road_is_longer_than_the_great_circle() -> None:
    metres = TRAVEL.table("car", [RENNES], [north(1000)])[1].item()
    assert metres in (1420, 1421)


def test_known_distance() -> None:
    paris, rennes = (48.8566, 2.3522), RENNES
    assert great_circle_m([paris], [rennes]).item() == pytest.approx(308_000, rel=0.01)


@EXAMPLES
@given(st.lists(POINTS, min_size=1, max_size=5), st.sampled_from(PROFILES))
def test_any_places_on_earth_make_a_sound_symmetric_matrix(points: list[Place], profile: str) -> None:
    times, metres, *_ = TRAVEL.table(profile, points, points)
    Matrix(times, metres)
    assert (times == times.T).all()
    assert (metres == metres.T).all()


def test_shapes_are_origins_by_destinations() -> None:
    times, metres, *_ = TRAVEL.table("car", [RENNES, north(1000)], [north(1), north(2), north(3)])
    assert times.shape == metres.shape == (2, 3)
    assert TRAVEL.table("car", [], [RENNES])[0].shape == (0, 1)
    assert TRAVEL.name == "formula"
