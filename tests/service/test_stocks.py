"""What lies at depots for the routes of a problem, beside what other routes take and bring back."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from routing.ties import Stock
from service.planning.data import PlanningData
from service.planning.documents import Document, epoch
from service.planning.locations import Places
from service.planning.problems import build_visit
from service.planning.stocks import Draw, build_depots, demand_of, draws_of, offered_of, picked_up, stock_left
from service.planning.windows import Opening
from service.store.tables import ItemRow, JobState, Json, StockRow
from tests.service.rows import EXAMPLES, a_depot_row, a_job_row, a_technician_row, days_from, planning_data

WEEK = days_from()
MORNING = epoch(WEEK.origin) + 8 * 3600
"""Monday, eight o'clock."""
HOUR, DAY = 3600, 86400


def a_stop(name: str, start: int = MORNING, items: list[Json] | None = None, **more: Any) -> Document:
    kind = name if name in {"start", "end"} else "depot" if name.startswith("depot") else "job"
    return {
        "type": kind,
        "job": name if kind == "job" else None,
        "depot": name if kind == "depot" else None,
        "items": items or [],
        "start": start,
        "arrival": start,
        "departure": start,
        "lat": 48.0,
        "lon": -1.5,
        **more,
    }


def a_route(*stops: Document, back: float = 48.1) -> Document:
    ends = [a_stop("start"), a_stop("end", MORNING + 9 * HOUR, lat=back)]
    return {"technician": "tech_anna", "date": "2020-03-16", "stops": [ends[0], *stops, ends[1]]}


def need(quantity: int = 1, sku: str = "laptop", **more: Any) -> Json:
    return {"sku": sku, "quantity": quantity, **more}


def firm(*rows: StockRow, removed: bool = False, **needs: list[Json]) -> PlanningData:
    """Jobs by name with what they need; ``done...`` is done already."""
    jobs = [
        a_job_row(id=name, items=items, state=JobState.DONE if name.startswith("done") else JobState.PLANNED)
        for name, items in needs.items()
    ]
    ladder = ItemRow(sku="ladder", name="Ladder", kind="tool", created=1, revision=1)
    depots = {"depot_1": a_depot_row(removed=removed)}
    return planning_data(a_technician_row(), jobs=jobs, items={"ladder": ladder}, depots=depots, stock=list(rows))


def a_row(on_hand: int, *arrivals: tuple[str, int], sku: str = "laptop") -> StockRow:
    coming = [{"at": at, "quantity": quantity} for at, quantity in arrivals]
    return StockRow(depot_id="depot_1", sku=sku, on_hand=on_hand, arrivals=coming, created=1, revision=1)


def told(stock: Stock) -> tuple[int, list[tuple[int, int]]]:
    return stock.on_hand, [(int(one.at), one.quantity) for one in stock.arrivals]


# --- what stored routes take ---


def test_route_to_come_takes_what_its_jobs_need_now() -> None:
    data = firm(before=[need(9)], a=[need(2)], b=[need(3)], done_c=[need(7)])
    route = a_route(a_stop("before"), a_stop("depot_1", items=[need(1)]), a_stop("a"), a_stop("b"), a_stop("done_c"))
    assert draws_of(route, data, stands=False) == [Draw("depot_1", "laptop", 5, MORNING)]
    assert draws_of(a_route(a_stop("a")), data, stands=False) == []


def test_call_that_was_made_took_what_it_took_less_what_was_left_at_jobs_that_are_done() -> None:
    data = firm(a=[need(2)], done_c=[need(3)])
    route = a_route(a_stop("depot_1", items=[need(6)]), a_stop("done_c"), a_stop("a"))
    assert [one.quantity for one in draws_of(route, data, stands=True)] == [3]


def test_loan_is_back_days_after_the_route_was_begun() -> None:
    data = firm(a=[need(2, returned_after_days=2)], b=[need(1)])
    route = a_route(a_stop("depot_1", MORNING + HOUR, [need(3)]), a_stop("a"), a_stop("b"))
    (draw,) = draws_of(route, data, stands=False)
    assert (draw.quantity, draw.returns) == (3, ((MORNING + 2 * DAY, 2),))


def test_tool_is_back_when_the_route_ends_at_the_depot() -> None:
    data = firm(a=[need(1, "ladder")], b=[need(2, "ladder")])
    call = a_stop("depot_1", items=[need(2, "ladder")])
    (away,) = draws_of(a_route(call, a_stop("a"), a_stop("b")), data, stands=False)
    assert (away.quantity, away.returns) == (2, ())
    (back,) = draws_of(a_route(call, a_stop("a"), back=48.0), data, stands=True)
    assert back.returns == ((MORNING + 9 * HOUR, 2),)
    (late,) = draws_of(a_route(call, a_stop("a"), back=48.0), data, stands=True, back_at=MORNING + DAY)
    assert late.returns == ((MORNING + DAY, 2),)


# --- what is left ---


def test_what_was_to_arrive_before_lies_there() -> None:
    row = a_row(2, ("2020-03-10T08:00:00+01:00", 3), ("2020-03-18T08:00:00+01:00", 4), ("2021-01-01T08:00:00+01:00", 9))
    assert told(stock_left(row, [], WEEK)) == (5, [(2 * DAY + 8 * HOUR, 4)])


def test_what_a_later_route_takes_is_spoken_for_until_more_arrives() -> None:
    row = a_row(3, ("2020-03-18T08:00:00+01:00", 4))
    thursday = Draw("depot_1", "laptop", 5, MORNING + 3 * DAY)
    assert told(stock_left(row, [thursday], WEEK)) == (2, [])
    tuesday = Draw("depot_1", "laptop", 2, MORNING + DAY)
    assert told(stock_left(row, [tuesday], WEEK)) == (1, [(2 * DAY + 8 * HOUR, 4)])
    lent = Draw("depot_1", "laptop", 3, MORNING, ((MORNING + DAY, 3),))
    assert told(stock_left(a_row(3), [lent], WEEK)) == (0, [(DAY + 8 * HOUR, 3)])


@EXAMPLES
@given(
    st.integers(0, 6),
    st.lists(st.tuples(st.integers(-1, 5), st.integers(1, 4)), max_size=4),
    st.lists(st.tuples(st.integers(-1, 5), st.integers(1, 3), st.integers(0, 4)), max_size=4),
)
def test_whatever_is_taken_of_what_is_left_the_others_find_theirs(
    on_hand: int, arrivals: list[tuple[int, int]], taken: list[tuple[int, int, int]]
) -> None:
    """Taking all that is left at once, at any moment, leaves no draw without goods that had them before."""
    row = a_row(on_hand, *((WEEK.at(day * DAY).isoformat(), quantity) for day, quantity in arrivals))
    origin = epoch(WEEK.origin)
    draws = [
        Draw("depot_1", "laptop", quantity, origin + day * DAY, ((origin + (day + gone) * DAY, quantity),))
        for day, quantity, gone in taken
    ]
    left = stock_left(row, draws, WEEK)

    def there(moment: int) -> int:
        total = on_hand + sum(quantity for day, quantity in arrivals if max(0, day * DAY) <= moment)
        for day, quantity, gone in taken:
            total -= quantity if max(0, day * DAY) <= moment else 0
            total += quantity if max(0, (day + gone) * DAY) <= moment else 0
        return total

    moments = [day * DAY for day in range(11)]
    for moment in moments[:7]:  # what comes after the days that are planned is nobody's business
        free = left.on_hand + sum(one.quantity for one in left.arrivals if one.at <= moment)
        least = min(there(later) for later in moments if later >= moment)
        assert free == max(0, least)


# --- depots ---


def test_depots_offer_what_is_wanted_and_ever_there() -> None:
    data = firm(a_row(3), a_row(0, sku="ladder"), a_row(1, sku="hose"))
    assert offered_of(data) == {"depot_1": ["laptop", "hose"]}
    assert offered_of(data, {"hose", "ladder"}) == {"depot_1": ["hose"]}
    (depot,) = build_depots(data, Places(), WEEK, [], offered_of(data), all_places=False)
    assert (depot.offers, [one.sku for one in depot.stock]) == (frozenset({"laptop", "hose"}), ["hose", "laptop"])
    assert int(depot.call_s) == 600


def test_nobody_counts_what_is_enough_for_all() -> None:
    data, horizon, places = firm(a_row(3), a_row(2, sku="ladder"), a=[], b=[]), days_from(), Places()
    needs = {"a": [need(2), need(1, "ladder")], "b": [need(1), need(2, "ladder")]}
    found = [Opening(horizon.origin, horizon.end)]
    visits = [build_visit(a_job_row(id=name, items=items), found, places, horizon) for name, items in needs.items()]
    demand = demand_of(visits, data)
    assert demand == {"laptop": 3, "ladder": 2}  # the one technician has two ladders out at most

    def counted(**less: int) -> list[str]:
        built = build_depots(data, places, WEEK, [], offered_of(data), all_places=False, demand=demand | less)
        return [one.sku for one in built[0].stock]

    assert counted() == []
    assert counted(laptop=4) == ["laptop"]


def test_depot_with_nothing_matters_only_as_a_place_to_be_at() -> None:
    for data in (firm(a_row(3), removed=True), firm()):
        assert build_depots(data, Places(), WEEK, [], {"depot_1": ["laptop"]}, all_places=False) == []
        (depot,) = build_depots(data, Places(), WEEK, [], {"depot_1": ["laptop"]}, all_places=True)
        assert (depot.offers, depot.stock) == (frozenset(), ())


def test_what_routes_pick_up_is_told_by_depot() -> None:
    routes = [a_route(a_stop("depot_1", items=[need(), need(1, "ladder")])), a_route(a_stop("a"))]
    assert picked_up(routes) == {"depot_1": {"laptop", "ladder"}}
