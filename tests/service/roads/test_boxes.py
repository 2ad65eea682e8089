"""Boxes: what a graph has to cover."""

import pytest

from service.earth import METRES_PER_DEGREE, grown, holds
from service.roads.boxes import MARGIN_M, STEP, box_around, box_in_words, common, read_box
from service.travel.formula import great_circle_m

PLACES = [(48.11, -1.68), (48.35, -1.20), (48.02, -1.75)]


def test_box_as_it_was_typed() -> None:
    assert read_box("47.97,-1.95,48.30,-1.48") == (47.97, -1.95, 48.30, -1.48)
    assert box_in_words(read_box(" 47.97, -1.95 ,48.3,-1")) == "47.97,-1.95,48.3,-1"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("edge", [0, 1, 2, 3])
def test_every_edge_is_at_least_the_margin_away(place: tuple[float, float], edge: int) -> None:
    box = box_around(PLACES)
    beyond = (box[edge], place[1]) if edge % 2 == 0 else (place[0], box[edge])
    assert holds(box, *place)
    assert great_circle_m([place], [beyond])[0, 0] >= 0.99 * MARGIN_M


def test_one_more_place_close_by_seldom_changes_the_box() -> None:
    assert box_around([*PLACES, (48.111, -1.681)]) == box_around(PLACES)
    assert all(abs(edge / STEP - round(edge / STEP)) < 1e-6 for edge in box_around(PLACES))


def test_box_ends_with_the_earth() -> None:
    south, west, north, east = box_around([(89.99, 179.99), (-89.99, -179.99)])
    assert (south, west, north, east) == (-90, -180, 90, 180)


def test_common_and_grown() -> None:
    assert common((0, 0, 2, 2), (1, 1, 3, 3)) == (1, 1, 2, 2)
    assert common((0, 0, 1, 1), (2, 2, 3, 3)) is None
    south, _, north, _ = grown((48.0, -1.0, 49.0, 0.0), METRES_PER_DEGREE)
    assert (south, north) == pytest.approx((47.0, 50.0))
