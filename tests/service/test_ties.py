"""The rules that tie technicians together, as the planner is told of them."""

from datetime import date
from typing import Any

import numpy as np

from routing import Matrix
from routing.ties import Faces
from service.planning.data import PlanningData
from service.planning.horizon import Horizon
from service.planning.locations import Places
from service.planning.problems import build_shifts, build_visit
from service.planning.ties import Half, count_faces, keep_reserves, near_depot, separate, with_face
from service.planning.windows import Opening
from service.store.tables import ClientRow, FacesRow, JobState, Json, ReserveRow, SeparationRow, TechnicianRow
from tests.service.rows import (
    MONDAY,
    PARIS,
    a_depot_row,
    a_job_row,
    a_site_row,
    a_technician_row,
    an_absence_row,
    at,
    days_from,
    planning_data,
)

RULE: Json = {"scope": ["site", "depot"], "radius_m": 50, "buffer_s": 1800, "from": "2020-03-16", "others": "free"}
DAY = 86400


def bubbles(*team: TechnicianRow, horizon: Horizon | None = None, since: str = "2020-03-16", **changes: Any) -> Any:
    row = SeparationRow(id=1, rule=RULE | {"from": since} | changes, revision=1)
    return separate(planning_data(*team, separation=row), team, horizon or days_from())


def three() -> list[TechnicianRow]:
    return [a_technician_row(bubble="A"), a_technician_row("bert", bubble="B"), a_technician_row("carl")]


def test_people_without_a_bubble_meet_anyone_or_have_one_each() -> None:
    free = bubbles(*three())
    assert dict(free.bubbles) == {"tech_anna": "A", "tech_bert": "B"}
    own = bubbles(*three(), others="own")
    assert (own.bubbles["tech_anna"], len(set(own.bubbles.values()))) == ("A", 3)


def test_rule_is_said_in_the_planners_units() -> None:
    rule = bubbles(*three(), scope=["depot"], radius_m=80, buffer_s=60)
    assert (rule.radius_m, rule.buffer_s, rule.sites, rule.depots) == (80, 60, False, True)
    assert (rule.from_s, rule.days, rule.price) == (0, (), None)
    priced = bubbles(*three(), price=900, same_day=True)
    assert (priced.price, priced.days) == (90_000, tuple(n * DAY for n in range(6)))


def test_rule_begins_on_its_day() -> None:
    assert bubbles(*three(), since="2020-03-18").from_s == 2 * DAY
    assert bubbles(*three(), since="2020-01-01").from_s == 0
    assert bubbles(*three(), since="2020-03-21") is None


def test_days_follow_the_clocks() -> None:
    spring = bubbles(*three(), horizon=Horizon(date(2020, 3, 28), date(2020, 3, 30), PARIS), same_day=True)
    assert spring.days == (0, DAY, 2 * DAY - 3600, 3 * DAY - 3600)


def test_where_nobody_can_meet_there_is_no_rule() -> None:
    assert separate(planning_data(*three()), three(), days_from()) is None
    assert bubbles(a_technician_row(bubble="A"), a_technician_row("bert", bubble="A")) is None
    assert bubbles(a_technician_row(bubble="A"), a_technician_row("bert")) is None


# --- faces ---


def of_client(ref: str, job: str, **changes: Any) -> Any:
    client = ClientRow(id="client_1", ref=ref, name="x", phone=None, email=None, revision=1)
    return a_job_row(id=job, site=a_site_row(client=client), **changes)


def faces_data(**rule: Any) -> PlanningData:
    row = FacesRow(name="few", rule={"client": None, "jobs": [], "most": 2} | rule, created=1, revision=1)
    jobs = [of_client("C-1", "a"), of_client("C-1", "b"), of_client("C-2", "c")]
    past = {"state": JobState.DONE, "planned_technician": "tech_bert"}
    done = [
        of_client("C-1", "d", **past),
        of_client("C-1", "e", **past | {"planned_technician": "tech_gone"}),
        of_client("C-2", "f", **past),
    ]
    return planning_data(a_technician_row(), a_technician_row("bert"), jobs=jobs, done=done, faces=[row])


def test_client_knows_who_has_been_there_and_who_will_be_on_other_days() -> None:
    data = faces_data(client="C-1")
    assert count_faces(data, {"a", "b", "c"}, {}) == (Faces("few", frozenset("ab"), 2, frozenset({"tech_bert"})),)
    (copied,) = count_faces(data, {"a", "c"}, {"b": ["tech_anna"], "c": ["tech_anna"]})
    assert (set(copied.visits), set(copied.known)) == ({"a"}, {"tech_anna", "tech_bert"})
    assert count_faces(data, {"c"}, {}) == ()


def test_set_of_jobs_is_seen_by_few() -> None:
    (faces,) = count_faces(faces_data(jobs=["a", "c", "d"]), {"a", "b", "c"}, {})
    assert (set(faces.visits), set(faces.known)) == ({"a", "c"}, {"tech_bert"})


def test_job_just_posted_joins_the_sets_that_mean_it() -> None:
    data, horizon = faces_data(client="C-1"), days_from()
    job = of_client("C-1", "new")
    visit = build_visit(job, [Opening(horizon.origin, horizon.end)], Places(), horizon)
    known = count_faces(data, {"a"}, {})
    (faces,) = with_face(known, data, job, visit)
    assert (set(faces.visits), set(faces.known), faces.most) == ({"a", "new"}, {"tech_bert"}, 2)
    assert with_face((), data, job, visit) == (Faces("few", frozenset({"new"}), 2),)
    assert with_face(known, data, of_client("C-3", "other"), visit) == known


# --- reserves ---


def halves(data: PlanningData, horizon: Horizon | None = None, now: str | None = None, **rule: Any) -> tuple[Half, ...]:
    values = {"skill": "network", "level": 2, "least": 2, "within_s": 1800, "depot": None, "price": 7200}
    row = ReserveRow(name="core", rule=values | {"from": None, "split": "13:00"} | rule, created=1, revision=1)
    data = planning_data(*data.technicians, absences=data.absences, depots=data.depots, reserves=[row])
    horizon, places = horizon or days_from(count=1), Places()
    shifts = build_shifts(data, data.field_technicians, horizon, places, {}, None)
    return keep_reserves(data, horizon, places, shifts, at(MONDAY, now) if now else None)


def network(level: int) -> list[Json]:
    return [{"name": "network", "level": level, "speed": 1.0}]


def holders() -> list[TechnicianRow]:
    return [
        a_technician_row(skills=network(3)),
        a_technician_row("bert", skills=network(2), week=[]),
        a_technician_row("carl", skills=network(1)),
        a_technician_row("dora", skills=network(5), field_work="never"),
    ]


def test_each_half_day_is_kept_by_those_who_have_the_skill_at_home_or_out() -> None:
    first, second = halves(planning_data(*holders()))
    assert first.reserve.holders == second.reserve.holders == {"tech_anna", "tech_bert"}
    assert [(one.reserve.from_s, one.reserve.until_s) for one in (first, second)] == [(0, 13 * 3600), (13 * 3600, DAY)]
    assert (first.reserve.least, first.reserve.price, first.depot) == (2, 720_000, None)
    assert len({first.reserve.id, second.reserve.id}) == 2


def test_who_is_away_for_part_of_a_half_day_is_not_at_hand_then() -> None:
    away = an_absence_row("tech_anna", at(MONDAY, "08:00"), at(MONDAY, "10:00"))
    first, second = halves(planning_data(*holders(), absences=[away]))
    assert (set(first.reserve.holders), set(second.reserve.holders)) == ({"tech_bert"}, {"tech_anna", "tech_bert"})
    early = an_absence_row("tech_anna", at(MONDAY, "05:00"), at(MONDAY, "07:00"))  # before the shift: nobody misses her
    assert "tech_anna" in halves(planning_data(*holders(), absences=[early]))[0].reserve.holders


def test_days_without_work_and_half_days_that_are_over_need_no_reserve() -> None:
    data = planning_data(*holders())
    assert len(halves(data, days_from(count=7))) == 10
    assert len(halves(data, days_from(count=7), **{"from": "2020-03-18"})) == 6
    assert len(halves(data, days_from(count=2), now="13:00")) == 3


def test_reserve_stays_near_a_depot() -> None:
    (half, _) = halves(planning_data(*holders(), depots={"depot_1": a_depot_row()}), depot="depot_1", within_s=60)
    assert (half.depot, half.within_s) == (1, 60)  # after the home, where the shifts begin
    seconds = np.array([[0, 50, 99], [9, 0, 9], [99, 61, 0]], np.int32)
    slow = Matrix(seconds * 10, seconds)
    assert near_depot(1, 60, {"car": Matrix(seconds, seconds)}) == {0, 1}
    assert near_depot(1, 60, {"car": Matrix(seconds, seconds), "foot": slow}) == {1}
    assert near_depot(None, 60, {"car": slow}) == frozenset()
