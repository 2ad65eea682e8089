"""Plans as they are stored, and back."""

import json
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from routing import (
    Fact,
    Location,
    Metres,
    Reason,
    ReasonCode,
    Route,
    Seconds,
    Stop,
    StopKind,
    Unassigned,
    UnassignedClass,
)
from routing.problem import Shift
from service.planning.documents import (
    epoch,
    jobs_of,
    moment,
    read_fact,
    read_route,
    shift_id,
    write_reason,
    write_route,
    write_unassigned,
)
from service.planning.horizon import Horizon
from service.planning.problems import Places
from tests.service.rows import EXAMPLES, PARIS

DAYS = st.sampled_from([date(2020, 3, 16), date(2027, 3, 28), date(2027, 10, 31)])


@st.composite
def routes(draw: st.DrawFn) -> tuple[Route, Shift, tuple[Location, ...], Horizon]:
    day = draw(DAYS)
    places = Places()
    for lat, lon in draw(st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=5)):
        places.index(lat, lon)
    some_place = st.integers(0, len(places.locations) - 1)
    clock = 0
    stops = []
    count = draw(st.integers(0, 4))
    for number in range(count + 2):
        kind = (
            StopKind.START
            if number == 0
            else StopKind.END
            if number > count
            else draw(st.sampled_from([StopKind.JOB, StopKind.BREAK]))
        )
        arrival = clock + draw(st.integers(0, 5000))
        start = arrival + draw(st.integers(0, 5000))
        clock = start + draw(st.integers(0, 5000))
        name = f"job_{number}" if kind is StopKind.JOB else None
        travel = draw(st.integers(0, 5000)), draw(st.integers(0, 50_000))
        times = Seconds(arrival), Seconds(start), Seconds(clock)
        stops.append(Stop(kind, name, draw(some_place), Seconds(travel[0]), Metres(travel[1]), *times))
    facts = tuple(
        Fact(stop.visit, stop.location, stop.arrival, stop.start, stop.end)
        for stop in stops[1 : draw(st.integers(1, count + 1))]
    )
    name = shift_id("tech_a", day)
    shift = Shift(
        name, "tech_a", Seconds(0), Seconds(clock), 0, 0, facts=facts, not_before=Seconds(draw(st.integers(0, 50_000)))
    )
    return (
        Route(name, tuple(stops), Seconds(draw(st.integers(0, 9000)))),
        shift,
        tuple(places.locations),
        Horizon(day, day, PARIS),
    )


@EXAMPLES
@given(routes())
def test_route_comes_back_as_it_was_written(example: tuple[Route, Shift, tuple[Location, ...], Horizon]) -> None:
    route, shift, locations, horizon = example
    document = json.loads(json.dumps(write_route(route, shift, locations, horizon)))
    places = Places.of(locations)
    assert read_route(document, places.index, horizon) == route
    assert tuple(places.locations) == locations
    assert jobs_of(document) == list(route.visits)
    standing = [read_fact(stop, places.index, horizon) for stop in document["stops"][1 : 1 + document["fixed"]]]
    assert tuple(standing) == shift.facts
    written = document["not_before"]
    assert (written - epoch(horizon.origin) if written is not None else 0) == shift.not_before


@EXAMPLES
@given(routes(), st.integers(0, 3))
def test_route_may_be_read_into_another_horizon(
    example: tuple[Route, Shift, tuple[Location, ...], Horizon], earlier: int
) -> None:
    route, shift, locations, horizon = example
    document = write_route(route, shift, locations, horizon)
    first = date.fromordinal(horizon.first.toordinal() - earlier)
    wider = Horizon(first, horizon.last, PARIS)
    again = read_route(document, Places.of(locations).index, wider)
    assert [wider.at(stop.start) for stop in again.stops] == [horizon.at(stop.start) for stop in route.stops]


def test_reason_names_technician_and_day() -> None:
    reason = Reason(ReasonCode.SHIFT_FULL, "full", "tech_a", "tech_a/2020-03-16")
    assert write_reason(reason) == {
        "code": "shift_full",
        "technician": "tech_a",
        "date": "2020-03-16",
        "detail": "full",
    }
    assert write_reason(Reason(ReasonCode.CLOSED, "closed"))["date"] is None
    unassigned: Any = write_unassigned(Unassigned("job_1", UnassignedClass.NOT_WORTH_IT, (reason,)))
    assert (unassigned["job"], unassigned["class"], unassigned["counter_offers"]) == ("job_1", "not_worth_it", None)
    assert unassigned["reasons"] == [write_reason(reason)]


@EXAMPLES
@given(st.integers(0, 4 * 10**9))
def test_moment_and_epoch_are_each_others_inverse(seconds: int) -> None:
    assert epoch(moment(seconds)) == seconds
    assert moment(seconds).tzinfo is UTC


def test_epoch_is_utc() -> None:
    assert epoch(datetime(1970, 1, 1, 1, tzinfo=PARIS)) == 0
