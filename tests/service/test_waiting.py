"""Jobs that come after other jobs: ties, bounds, and why some stay out."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from routing import Reason, ReasonCode
from routing.ties import After
from service.planning.documents import Document, epoch
from service.planning.waiting import NO_WAIT, Place, Settled, Wait, Waiting, places_in
from service.planning.windows import Opening
from service.store.tables import Handling, JobRow, JobState, Json
from tests.service.rows import MONDAY, PARIS, a_job_row, at

NINE, TEN, NOON = at(MONDAY, "09:00"), at(MONDAY, "10:00"), at(MONDAY, "12:00")
DAY = Opening(at(MONDAY, "08:00"), at(MONDAY, "18:00"))


def behind(other: str, **more: Any) -> Json:
    return {"job": other, "gap_s": 0, "most_gap_s": None, "same_technician": False} | more


def jobs(**after: list[Json]) -> dict[str, JobRow]:
    return {name: a_job_row(id=name, reference=name.upper(), after=entries) for name, entries in after.items()}


def settle(
    rows: Mapping[str, JobRow],
    *planned: str,
    elsewhere: Mapping[str, Place] | None = None,
    fixed: tuple[str, ...] = (),
    out: Mapping[str, Reason] | None = None,
) -> Settled:
    waiting = Waiting(PARIS, rows, elsewhere or {}, fixed)
    return waiting.settle({name: [DAY] for name in planned}, (), out or {})


def said(settled: Settled, name: str) -> str:
    assert settled.out[name].code is ReasonCode.WAITING_FOR_OTHER_JOB
    return settled.out[name].detail


def done(row: JobRow, end: datetime, by: str | None = "tech_anna") -> JobRow:
    row.state, row.planned_end, row.planned_technician = JobState.DONE, end, by
    row.planned_start = end - timedelta(hours=1)
    return row


def test_both_planned_are_tied() -> None:
    rows = jobs(a=[], b=[behind("a", gap_s=600, most_gap_s=7200, same_technician=True)])
    settled = settle(rows, "a", "b")
    assert settled.waits["b"].after == (After("a", 600, 7200, True),)  # type: ignore[arg-type]
    assert (settled.waits["a"], settled.openings["b"], settled.out) == (NO_WAIT, [DAY], {})


def test_entry_of_long_ago_has_no_longest_gap() -> None:
    rows = jobs(a=[], b=[{"job": "a", "gap_s": 5, "same_technician": False}])
    assert settle(rows, "a", "b").waits["b"].after == (After("a", 5),)  # type: ignore[arg-type]


def test_after_one_that_is_done_from_its_end_on() -> None:
    rows = jobs(a=[], b=[behind("a", gap_s=1800, most_gap_s=7200)], c=[behind("a", same_technician=True)])
    done(rows["a"], NINE)
    settled = settle(rows, "b", "c")
    assert settled.openings["b"] == [Opening(NINE + timedelta(minutes=30), NINE + timedelta(hours=2))]
    assert settled.waits["b"].after == ()
    assert settled.waits["c"].required == frozenset({"tech_anna"})


def test_after_one_that_is_done_nobody_knows_when_at_any_time() -> None:
    rows = jobs(a=[], b=[behind("a", gap_s=1800)])
    rows["a"].state = JobState.DONE
    assert settle(rows, "b").openings["b"] == [DAY]


def test_after_one_on_days_that_are_not_planned_from_its_planned_end_on() -> None:
    rows = jobs(a=[], b=[behind("a", gap_s=3600, same_technician=True)])
    place = Place(NINE, TEN, frozenset({"tech_bert", "tech_anna"}))
    settled = settle(rows, "b", elsewhere={"a": place})
    assert settled.openings["b"] == [Opening(at(MONDAY, "11:00"), DAY.latest)]
    assert settled.waits["b"].required == frozenset({"tech_bert", "tech_anna"})


def test_what_comes_before_one_that_stands_is_done_in_time() -> None:
    rows = jobs(a=[], b=[behind("a", gap_s=1800, most_gap_s=3600, same_technician=True)])
    place = Place(NOON, at(MONDAY, "13:00"), frozenset({"tech_bert"}))
    settled = settle(rows, "a", elsewhere={"b": place}, fixed=("b",))
    # an hour of service, half of it for the fastest: it ends at 11:00 at the earliest and at 11:30 at the latest
    assert settled.openings["a"] == [Opening(at(MONDAY, "10:30"), DAY.latest, at(MONDAY, "11:30"))]
    assert settled.waits["a"].required == frozenset({"tech_bert"})
    assert settle(rows, "a", elsewhere={"b": place}).openings["a"] == [DAY]  # begun already: it cannot be helped


def test_wanted_technicians_are_those_whom_both_want() -> None:
    rows = jobs(a=[], b=[behind("a", same_technician=True)])
    done(rows["a"], NINE)
    rows["b"].technicians = {"required": ["tech_anna", "tech_bert"], "preferred": [], "forbidden": []}
    assert settle(rows, "b").waits["b"].required == frozenset({"tech_anna"})
    rows["b"].technicians = {"required": ["tech_bert"], "preferred": [], "forbidden": []}
    assert "Nobody who may do it" in said(settle(rows, "b"), "b")


def test_bounds_that_leave_no_moment_name_the_other_job() -> None:
    rows = jobs(a=[], b=[behind("a")])
    done(rows["a"], at(MONDAY, "20:00"))
    assert "job A, over at 2020-03-16T20:00:00+01:00" in said(settle(rows, "b"), "b")


def test_job_stays_out_with_the_one_that_it_waits_for() -> None:
    rows = jobs(a=[], b=[behind("a")], c=[behind("b")])
    settled = settle(rows, "b", "c", out={"a": Reason(ReasonCode.ON_HOLD, "On hold: no cable")})
    assert said(settled, "b") == "It comes after job A, which is in no plan: on hold: no cable."
    assert "job B, which is in no plan: it comes after job A" in said(settled, "c")
    assert settled.waits == {}


def test_why_the_other_one_is_in_no_plan() -> None:
    rows = jobs(a=[], b=[behind("a")], c=[behind("gone")])
    assert "planned on none of these days" in said(settle(rows, "b"), "b")
    rows["a"].handling = Handling.REMOTE
    assert "done from afar" in said(settle(rows, "b"), "b")
    rows["a"].state = JobState.CANCELLED
    assert "cancelled" in said(settle(rows, "b"), "b")
    assert "job gone, which does not exist" in said(settle(rows, "c"), "c")


def test_circle_can_never_begin_and_takes_along_who_waits_for_it() -> None:
    rows = jobs(a=[behind("c")], b=[behind("a")], c=[behind("b")], d=[behind("a")], e=[])
    settled = settle(rows, "a", "b", "c", "d", "e")
    assert settled.waits.keys() == {"e"}
    assert "after job C" in said(settled, "a")
    assert "job A" in said(settled, "d")


def test_hours_are_cut_with_their_closing_time() -> None:
    morning = Opening(at(MONDAY, "08:00"), NOON, NOON)
    wait = Wait(start=(NINE, None), over=at(MONDAY, "11:00"))
    assert wait.within([morning]) == [Opening(NINE, NOON, at(MONDAY, "11:00"))]
    assert isinstance(Wait(start=(NOON, None), over=NOON).within([morning]), Reason)
    assert wait.within([]) == []


def test_place_of_a_team_is_one_for_all() -> None:
    def route(technician: str, end: datetime) -> Document:
        stop = {"job": "a", "start": epoch(NINE), "departure": epoch(end)}
        return {"technician": technician, "stops": [{"job": None}, stop]}

    found = places_in([route("tech_anna", TEN), route("tech_bert", NOON)])
    assert found == {"a": Place(NINE, NOON, frozenset({"tech_anna", "tech_bert"}))}
