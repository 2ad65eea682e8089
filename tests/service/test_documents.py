"""Plans as they are stored, and back."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from routing import (
    Fact,
    ItemNeed,
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
    Document,
    call_name,
    depot_of,
    epoch,
    jobs_of,
    moment,
    order_of,
    read_fact,
    read_route,
    shift_id,
    write_reason,
    write_route,
    write_unassigned,
)
from service.planning.horizon import Horizon
from service.planning.locations import Places
from service.store.tables import Json
from tests.service.rows import EXAMPLES, PARIS

DAYS = st.sampled_from([date(2020, 3, 16), date(2027, 3, 28), date(2027, 10, 31)])


PICKED: list[Json] = [{"sku": "laptop", "quantity": 2}, {"sku": "ladder", "quantity": 1}]


@dataclass(frozen=True)
class Example:
    """A route with what stands of it, perhaps with its one call at a depot, which may stand too."""

    route: Route
    shift: Shift
    locations: tuple[Location, ...]
    horizon: Horizon

    stood: tuple[Document, ...]

    def write(self) -> Document:
        written = write_route(self.route, self.shift, self.locations, self.horizon, self.stood)
        stored: Document = json.loads(json.dumps(written))
        return stored

    def read(self, document: Document, horizon: Horizon | None = None) -> Route:
        return read_route(document, Places.of(self.locations), horizon or self.horizon, len(self.shift.facts))


@st.composite
def examples(draw: st.DrawFn) -> Example:
    day = draw(DAYS)
    places = Places()
    for lat, lon in draw(st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=5)):
        places.index(lat, lon)
    some_place = st.integers(0, len(places.locations) - 1)
    count = draw(st.integers(0, 4))
    standing = draw(st.integers(0, count))
    name = shift_id("tech_a", day)
    kinds = [draw(st.sampled_from([StopKind.JOB, StopKind.BREAK])) for _ in range(count)]
    called = draw(st.none() | st.integers(1, count)) if count else None
    if called:
        kinds[called - 1] = StopKind.DEPOT
    stops = []
    clock = 0
    for number, kind in enumerate([StopKind.START, *kinds, StopKind.END]):
        arrival = clock + draw(st.integers(0, 5000))
        start = arrival + draw(st.integers(0, 5000))
        clock = start + draw(st.integers(0, 5000))
        job = f"job_{number}" if kind is StopKind.JOB else None
        length = Seconds(draw(st.integers(0, 5000))), Metres(draw(st.integers(0, 50_000)))
        stands = 1 <= number <= standing
        setup_s = Seconds(0 if stands else draw(st.integers(0, 900)))
        times = Seconds(arrival), Seconds(start), Seconds(clock), setup_s
        depot: str | None = None
        items: tuple[ItemNeed, ...] = ()
        if number == called:
            depot = call_name("depot_1", name) if stands else "depot_1"
            items = () if stands else tuple(ItemNeed(one["sku"], one["quantity"]) for one in PICKED)
        stops.append(Stop(kind, job, draw(some_place), *length, *times, depot, items))
    facts = tuple(
        Fact(stop.visit, stop.location, stop.arrival, stop.start, stop.end, stop.depot)
        for stop in stops[1 : 1 + standing]
    )
    floor = Seconds(draw(st.integers(0, 50_000)))
    shift = Shift(name, "tech_a", Seconds(0), Seconds(clock), 0, 0, facts=facts, not_before=floor)
    route = Route(name, tuple(stops), Seconds(draw(st.integers(0, 9000))))
    stood = tuple({"setup_s": 77, "items": PICKED if kind is StopKind.DEPOT else []} for kind in kinds[:standing])
    return Example(route, shift, tuple(places.locations), Horizon(day, day, PARIS), stood)


@EXAMPLES
@given(examples())
def test_route_comes_back_as_it_was_written(example: Example) -> None:
    route, shift, horizon = example.route, example.shift, example.horizon
    document = example.write()
    assert example.read(document) == route
    assert jobs_of(document) == list(route.visits)
    assert order_of(document, call_stands=False) == [depot_of(name) for name in route.order]
    assert order_of(document, call_stands=True) == list(route.visits)
    places = Places.of(example.locations)
    standing = [read_fact(stop, places, horizon, shift.id) for stop in document["stops"][1 : 1 + document["fixed"]]]
    assert tuple(standing) == shift.facts
    assert tuple(places.locations) == example.locations
    written = document["not_before"]
    assert (written - epoch(horizon.origin) if written is not None else 0) == shift.not_before


@EXAMPLES
@given(examples())
def test_call_is_stored_with_its_depot_and_its_goods_whether_it_stands_or_not(example: Example) -> None:
    for stop in example.write()["stops"]:
        assert (stop["depot"], stop["items"]) == (("depot_1", PICKED) if stop["type"] == "depot" else (None, []))


@EXAMPLES
@given(examples())
def test_set_up_of_what_stands_stays_written(example: Example) -> None:
    written = [stop["setup_s"] for stop in example.write()["stops"]]
    fixed = len(example.shift.facts)
    assert written[1 : 1 + fixed] == [77] * fixed
    assert written[1 + fixed :] == [stop.setup_s for stop in example.route.stops[1 + fixed :]]


@EXAMPLES
@given(examples(), st.integers(0, 3))
def test_route_may_be_read_into_another_horizon(example: Example, earlier: int) -> None:
    first = date.fromordinal(example.horizon.first.toordinal() - earlier)
    wider = Horizon(first, example.horizon.last, PARIS)
    again = example.read(example.write(), wider)
    assert [wider.at(stop.start) for stop in again.stops] == [
        example.horizon.at(stop.start) for stop in example.route.stops
    ]


@EXAMPLES
@given(examples())
def test_route_stored_before_there_were_calls_and_set_up_can_still_be_read(example: Example) -> None:
    document = example.write()
    for stop in document["stops"]:
        for name in ("depot", "items", "setup_s"):
            del stop[name]
    again = example.read(document)
    assert [stop.arrival for stop in again.stops] == [stop.arrival for stop in example.route.stops]
    assert {(stop.setup_s, stop.depot, stop.items) for stop in again.stops} == {(0, None, ())}


def test_place_of_a_job_takes_its_set_up() -> None:
    places = Places(setup_s=Seconds(300))
    times = {"lat": 48.1, "lon": -1.6, "arrival": 0, "start": 0, "departure": 0}
    horizon = Horizon(date(2020, 3, 16), date(2020, 3, 16), PARIS)
    read_fact({"job": None, "depot": None, **times}, places, horizon, "tech_a/2020-03-16")
    assert places.locations[0].setup_s == 0
    read_fact({"job": "job_1", "depot": None, **times}, places, horizon, "tech_a/2020-03-16")
    assert [place.setup_s for place in places.locations] == [300]


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
