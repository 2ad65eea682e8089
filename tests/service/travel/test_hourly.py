"""An engine without hours, made to know them."""

import numpy as np

from service.roads.factors import overall_factors
from service.travel.hourly import HourlyEngine
from service.travel.osrm_server import OsrmServer
from service.travel.slots import ANY
from tests.service.travel.hostile import Hostile

PLACES = [(48.08, -1.74), (48.12, -1.66)]


def test_times_of_cars_follow_the_hour_and_cost_one_question(hostile: Hostile) -> None:
    engine = HourlyEngine(OsrmServer(hostile.url + "/{profile}"), overall_factors())
    evening, night = engine.slots.by_class["weekday"][35], engine.slots.by_class["weekday"][4]
    assert engine.slots.is_timed and night == ANY
    busy, free = engine.ways("car", PLACES, PLACES, evening), engine.ways("car", PLACES, PLACES, night)
    assert np.allclose(busy.seconds, free.seconds * overall_factors()["weekday"][35], rtol=0.01)
    assert np.array_equal(busy.metres, free.metres)
    assert [path for path in hostile.asked if "table" in path] == ["/car/table/v1/driving"]
    assert np.array_equal(
        engine.ways("bike", PLACES, PLACES, evening).seconds, engine.ways("bike", PLACES, PLACES, night).seconds
    )


def test_slot_that_it_does_not_know_is_free_flow(hostile: Hostile) -> None:
    engine = HourlyEngine(OsrmServer(hostile.url), overall_factors())
    assert np.array_equal(
        engine.ways("car", PLACES, PLACES, "yesterday").seconds, engine.ways("car", PLACES, PLACES, ANY).seconds
    )
