"""Where a job would fit into the published plan, or why nowhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from threading import Event, current_thread, main_thread
from time import monotonic
from typing import Any

import pytest

from routing import fit
from service.errors import NotFound, Refused
from service.instants import local
from service.jobs import cancel_job, job_fits, patch_job
from service.planning.boards import build_board
from service.planning.data import PlanningData
from service.planning.fits import _with_visit
from service.planning.horizon import Horizon
from service.planning.waiting import NO_WAIT
from service.planning.windows import openings
from service.plans import get_current_plan
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import JobRow, Json, Role
from service.team import get_technician, patch_technician
from service.travel import ANY, FormulaTravel, Place, Tables
from tests.polling import wait_until
from tests.service.planning import MONDAY, publish_routes
from tests.service.solved import propose, publish
from tests.service.things import DISPATCHER, PORTAL, SITE, WEEK, a_job, a_kind, a_person, an_item, faults

TUESDAY = MONDAY + timedelta(days=1)
AROUND_HOME = [[-1.75, 48.0], [-1.6, 48.0], [-1.6, 48.15], [-1.75, 48.15], [-1.75, 48.0]]


@dataclass(frozen=True)
class Board:
    """Anna goes to one job on Monday; Bert has nothing to do."""

    runtime: Runtime
    anna: str
    bert: str
    planned: str

    def post(self, number: int = 3, actor: Actor = DISPATCHER, **changes: Any) -> Json:
        """A job on site, so many steps from the homes, as its posting answers it once the board is there."""
        site = SITE | {"ref": None, "lat": 48.1126 + number / 500, "security_appliance": False}
        site |= changes.pop("site", {})

        def posted() -> Json | None:
            body = a_job(self.runtime, actor, client={"name": "x"}, site=site, **changes).body
            return body if body["fits"] is not None else None

        return wait_until(posted, 20)

    def fits(self, job: str, first: date | None = None, last: date | None = None, actor: Actor = DISPATCHER) -> Json:
        return job_fits(self.runtime, actor, job, first, last).body

    def codes(self, job: str, **span: date) -> list[str]:
        answer = self.fits(job, span.get("first"), span.get("last"))
        assert answer["fits"] == []
        return [one["code"] for one in answer["obstacles"]]

    def change(self, technician: str, **patch: Any) -> None:
        revision = get_technician(self.runtime, DISPATCHER, technician).revision
        patch_technician(self.runtime, DISPATCHER, technician, patch, revision)


@pytest.fixture
def board(runtime: Runtime) -> Board:
    """A published plan."""
    a_kind(runtime)
    anna, bert = (str(a_person(runtime, name).body["id"]) for name in ("Anna", "Bert"))
    site = SITE | {"ref": None, "lat": 48.1226, "security_appliance": False}
    planned = str(a_job(runtime, client={"name": "x"}, site=site, dates=[MONDAY]).body["id"])
    publish_routes(runtime, {anna: [planned]})
    return Board(runtime, anna, bert, planned)


def test_best_place_is_beside_what_is_near(board: Board) -> None:
    body = board.post(4, dates=[MONDAY])
    assert body["obstacles"] == []
    first, second = body["fits"]
    assert (first["technician"], first["date"], second["technician"]) == (board.anna, "2020-03-16", board.bert)
    assert first["extra_travel_s"] < second["extra_travel_s"]
    assert datetime.fromisoformat(first["start"]).date() == MONDAY
    assert board.fits(body["id"]) == {"job": body["id"], "fits": body["fits"], "obstacles": []}


def test_place_is_where_the_optimiser_would_put_it(board: Board) -> None:
    body = board.post(4, dates=[MONDAY])
    proposal = propose(board.runtime)
    assert proposal.planned[body["id"]] == (body["fits"][0]["technician"], body["fits"][0]["date"])


def test_at_most_five_places_one_per_shift(board: Board) -> None:
    body = board.post(4)
    places = [(one["technician"], one["date"]) for one in body["fits"]]
    assert len(places) == len(set(places)) == 5


def test_start_keeps_windows_hours_and_now(board: Board) -> None:
    zone = board.runtime.zone
    window = {"earliest": local(MONDAY, "10:00", zone), "latest": local(MONDAY, "11:00", zone)}
    for one in board.post(4, time_windows=[window])["fits"]:
        assert "2020-03-16T10:00:00+01:00" <= one["start"] <= "2020-03-16T11:00:00+01:00"
    noon = Board(replace(board.runtime, now=lambda: local(MONDAY, "12:00", zone), memo={}), *_names(board))
    for one in noon.post(4, dates=[MONDAY])["fits"]:
        assert one["start"] >= "2020-03-16T12:00:00+01:00"


def _names(board: Board) -> tuple[str, str, str]:
    return board.anna, board.bert, board.planned


def test_portal_sees_no_names(board: Board) -> None:
    body = board.post(4, PORTAL, dates=[MONDAY])
    assert body["fits"]
    assert {one["technician"] for one in body["fits"]} == {None}
    assert {one["technician"] for one in board.fits(body["id"], actor=PORTAL)["fits"]} == {None}
    full = board.post(5, PORTAL, dates=[MONDAY], service_s=40_000)
    assert [(one["technician"], one["date"]) for one in full["obstacles"]] == [(None, None)]
    with pytest.raises(NotFound):
        board.fits(body["id"], actor=Actor("shop", Role.PORTAL, "k"))


def test_days_are_chosen(board: Board) -> None:
    job = board.post(4)["id"]
    assert {one["date"] for one in board.fits(job, TUESDAY, TUESDAY)["fits"]} == {"2020-03-17"}
    far = date(2020, 6, 2)
    assert {one["date"] for one in board.fits(job, far, far)["fits"]} == {"2020-06-02"}
    assert board.fits(job, date(2020, 3, 1), None)["fits"] == board.fits(job)["fits"]
    for first, last, code in (
        (TUESDAY, MONDAY, "inconsistent"),
        (None, date(2020, 3, 1), "inconsistent"),
        (None, date(2090, 1, 1), "too_large"),
        (MONDAY, MONDAY + timedelta(days=31), "too_large"),
    ):
        with pytest.raises(Refused) as refusal:
            board.fits(job, first, last)
        assert faults(refusal.value) == [(code, "/to")]
    assert board.fits(job, MONDAY, MONDAY + timedelta(days=30))["fits"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"people": 3}, "too_few_people"),
        ({"site": {"lat": None, "lon": None}}, "no_location"),
        ({"dates": [date(2020, 3, 12)]}, "dates_passed"),
        ({"dates": [date(2020, 6, 2)]}, "window_closed"),
        ({"service_s": 40_000}, "too_long"),
        ({"skills": [{"name": "dowsing"}]}, "no_skill"),
        ({"site": {"lat": 43.6}}, "too_far"),
    ],
)
def test_nowhere_has_its_reason(board: Board, changes: Json, code: str) -> None:
    body = board.post(4, **changes)
    assert (body["fits"], [one["code"] for one in body["obstacles"]]) == ([], [code])
    assert board.codes(body["id"]) == [code]


def test_held_job_has_no_place(board: Board) -> None:
    body = board.post(4)
    patch_job(board.runtime, DISPATCHER, body["id"], {"hold": "waits"}, body["revision"])
    assert board.codes(body["id"]) == ["on_hold"]


def test_full_shift_is_said(board: Board) -> None:
    for technician in (board.anna, board.bert):
        week = [{"days": ["mon"], "start": "08:00", "end": "10:00"}]
        board.change(technician, week=week)
    first, second, third = (board.post(n, dates=[MONDAY]) for n in (3, 4, 5))
    publish_routes(board.runtime, {board.anna: [board.planned], board.bert: [first["id"]]})
    assert board.codes(second["id"]) == ["shift_full"]
    assert board.post(6, dates=[MONDAY])["obstacles"][0]["code"] == "shift_full"
    assert third["fits"]


def test_zone_holds_for_new_places_too(board: Board) -> None:
    zone = {"type": "Polygon", "coordinates": [AROUND_HOME]}
    board.change(board.anna, zone=zone)
    assert {one["technician"] for one in board.post(50, dates=[MONDAY])["fits"]} == {board.bert}
    board.change(board.bert, zone=zone)
    body = board.post(60, dates=[MONDAY])
    assert (body["fits"], [one["code"] for one in body["obstacles"]]) == ([], ["zone"])
    assert len(board.post(7, dates=[MONDAY])["fits"]) == 2


def test_goods_of_the_published_routes_are_gone(board: Board) -> None:
    an_item(board.runtime)
    board.change(board.anna, van={"laptop": 1})
    need = [{"sku": "laptop", "quantity": 1}]
    taken = board.post(4, dates=[TUESDAY], items=need)
    assert {one["technician"] for one in taken["fits"]} == {board.anna}
    publish(board.runtime)
    left = board.post(5, dates=[MONDAY], items=need)
    assert (left["fits"], {one["code"] for one in left["obstacles"]}) == ([], {"no_stock"})
    assert board.codes(left["id"], first=MONDAY, last=MONDAY) == ["no_stock"]


def test_planned_job_is_looked_at_as_if_it_were_taken_out(board: Board) -> None:
    answer = board.fits(board.planned)
    assert (answer["fits"][0]["date"], answer["fits"][0]["technician"]) == ("2020-03-16", board.anna)
    stop = next(
        stop
        for stop in get_current_plan(board.runtime, DISPATCHER, None, None).body["routes"][0]["stops"]
        if stop["job"] == board.planned
    )
    assert answer["fits"][0]["start"] == stop["start"]


def test_begun_closed_and_remote_jobs_have_no_place(board: Board) -> None:
    evening = replace(board.runtime, now=lambda: local(MONDAY, "17:00", board.runtime.zone), memo={})
    assert [one["code"] for one in job_fits(evening, DISPATCHER, board.planned, None, None).body["obstacles"]] == [
        "frozen"
    ]
    body = board.post(4)
    cancel_job(board.runtime, DISPATCHER, body["id"], body["revision"])
    assert board.codes(body["id"]) == ["job_closed"]
    remote = board.post(4, site={"security_appliance": True})
    assert (remote["fits"], remote["obstacles"]) == ([], [])
    assert board.fits(remote["id"]) == {"job": remote["id"], "fits": [], "obstacles": []}


def test_without_a_plan_nobody_knows(runtime: Runtime) -> None:
    a_kind(runtime)
    job = a_job(runtime, site=SITE | {"security_appliance": False}).body
    assert [one["code"] for one in job_fits(runtime, DISPATCHER, job["id"], None, None).body["obstacles"]] == [
        "no_plan_yet"
    ]


def test_team_and_plan_of_now_are_what_counts(board: Board) -> None:
    assert board.post(4, dates=[MONDAY])["fits"]
    carl = str(a_person(board.runtime, "Carl").body["id"])
    assert carl in {one["technician"] for one in board.post(5, dates=[MONDAY])["fits"]}
    first = board.post(6, dates=[MONDAY])
    publish_routes(board.runtime, {carl: [first["id"]]})
    again = board.post(6, dates=[MONDAY])["fits"][0]
    assert (again["technician"], again["extra_travel_s"]) == (carl, 0)


def test_asking_likely_shifts_only_finds_the_same_places(board: Board) -> None:
    rt = board.runtime
    an_item(rt)
    network = [{"name": "network", "level": 2, "speed": 1.5}]
    zone = {"type": "Polygon", "coordinates": [AROUND_HOME]}
    a_person(rt, "Carl", skills=network, zone=zone, van={"laptop": 2}, week=WEEK)
    a_person(rt, "Dora", skills=network, van={"laptop": 1}, profile="bike", week=[WEEK[0] | {"days": ["tue", "sat"]}])
    random = Random(1)
    jobs = [
        board.post(
            random.randrange(40),
            skills=random.choice([[], [{"name": "network", "level": 2}]]),
            items=random.choice([[], [], [{"sku": "laptop", "quantity": 1}]]),
            dates=random.choice([[], [MONDAY], [TUESDAY, date(2020, 3, 18)]]),
            service_s=random.choice([1800, 5400, 14_400]),
            priority=random.choice([10, 50, 80]),
        )["id"]
        for _ in range(24)
    ]
    publish(rt)
    with rt.database.read() as session:
        horizon = Horizon(date(2020, 3, 13), date(2020, 3, 20), rt.zone)
        built, data = build_board(session, rt, horizon), PlanningData.load_team(session)
        rows = [session.get_one(JobRow, job) for job in jobs]
    for row in rows:
        found = openings(row, horizon.days, rt.zone, rt.now())
        assert isinstance(found, list)
        likely, whole = (
            fit(_with_visit(rt, built, row, found, NO_WAIT, data, only_likely=only), built.orders, row.id, 5)
            for only in (True, False)
        )
        assert likely.places == whole.places


# --- the budget ---


class SlowTravel(FormulaTravel):
    """Travel times that the board's own thread gets when the test lets it, while requests get theirs at once."""

    def __init__(self) -> None:
        self.go = Event()
        self.fails = False

    def table(self, profile: str, origins: Sequence[Place], destinations: Sequence[Place], slot: str = ANY) -> Tables:
        if current_thread() is not main_thread():
            if self.fails:
                raise RuntimeError("no roads")
            self.go.wait(30)
        return super().table(profile, origins, destinations, slot)


def on(board: Board, travel: SlowTravel) -> Callable[[], Json]:
    """Posts a job where travel takes its time."""
    slow = replace(board.runtime, travel=travel, memo={})
    site = SITE | {"ref": None, "security_appliance": False}
    return lambda: a_job(slow, DISPATCHER, client={"name": "x"}, site=site).body


def test_board_that_takes_too_long_is_not_waited_for(board: Board) -> None:
    travel = SlowTravel()
    post = on(board, travel)
    begun = monotonic()
    body = post()
    assert monotonic() - begun < 5
    assert (body["fits"], body["obstacles"]) == (None, [])
    travel.go.set()
    wait_until(lambda: post()["fits"] is not None, 20)


def test_board_that_cannot_be_built_is_tried_again(board: Board) -> None:
    travel = SlowTravel()
    post = on(board, travel)
    travel.fails = True
    travel.go.set()
    assert post()["fits"] is None
    assert post()["fits"] is None
    travel.fails = False
    wait_until(lambda: post()["fits"] is not None, 20)
