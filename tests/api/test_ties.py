"""The rules that tie technicians together, set and refused: bubbles, reserves, faces, teams, order, loans."""

from typing import Any

import pytest

from api.examples import team as examples
from tests.api.caller import faults
from tests.api.conftest import JOB, World
from tests.api.proposals import publish

DAY = "2020-03-16"


# ---- separation ----


def test_separation_is_set_read_and_lifted(any_world: World) -> None:
    desk = any_world.dispatcher
    rule = examples.SEPARATION_IN | {"same_day": True, "price": 3600}
    answer = desk.put("/v1/separation", rule)
    body = answer.get_json()
    assert {name: body[name] for name in rule} == rule
    assert (body["issues"], body["outdated"]) == ([], [])
    read = desk.get("/v1/separation")
    assert read.get_json() == {name: value for name, value in body.items() if name not in ("issues", "outdated")}
    hard = desk.put("/v1/separation", rule | {"price": None}, match=read.headers["ETag"])
    assert hard.get_json()["price"] is None
    assert desk.delete("/v1/separation", match=hard.headers["ETag"]).get_json() == {"outdated": []}
    assert desk.get("/v1/separation").status_code == 404


def test_separation_names_every_fault(world: World) -> None:
    document = {"radius_m": -1, "price": 0, "same_day": "yes", "scope": ["site", "home", "site"], "from": "soon"}
    assert faults(world.dispatcher.put("/v1/separation", document)) == {
        ("too_small", "/radius_m"),
        ("too_small", "/price"),
        ("wrong_type", "/same_day"),
        ("too_long", "/scope"),
        ("bad_format", "/from"),
    }
    assert faults(world.dispatcher.put("/v1/separation", {"price": 1.5})) == {("wrong_type", "/price")}


# ---- reserves ----


def test_reserve_is_set_listed_changed_and_lifted(any_world: World) -> None:
    desk = any_world.dispatcher
    depot = desk.post("/v1/depots", examples.DEPOT_IN).get_json()["id"]
    document = examples.RESERVE_IN | {"depot": depot, "level": 3}
    answer = desk.put("/v1/reserves/network-at-hand", document)
    body = answer.get_json()
    assert {name: body[name] for name in document} == document
    assert (body["name"], body["warnings"], body["outdated"]) == ("network-at-hand", [], [])
    path = "/v1/reserves/network-at-hand"
    read = desk.get(path)
    listed = desk.get("/v1/reserves").get_json()
    assert (listed["items"], listed["next"]) == ([read.get_json()], None)
    assert desk.get(path, headers={"If-None-Match": read.headers["ETag"]}).status_code == 304
    same = desk.put(path, document, match=read.headers["ETag"])
    assert same.headers["ETag"] == read.headers["ETag"]
    assert desk.put(path, document | {"least": 2}, match=same.headers["ETag"]).get_json()["least"] == 2
    assert desk.put(path, document, match=same.headers["ETag"]).status_code == 412
    assert desk.delete(path, match=desk.get(path).headers["ETag"]).get_json() == {"outdated": []}
    assert desk.get(path).status_code == 404


def test_reserve_has_usual_figures(world: World) -> None:
    body = world.dispatcher.put("/v1/reserves/net", {"skill": "network", "price": None, "name": "net"}).get_json()
    usual = {"level": 1, "least": 1, "within_s": 1800, "depot": None, "price": 7200, "from": None, "split": "13:00"}
    assert {name: body[name] for name in usual} == usual


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({}, {("required", "/skill")}),
        (
            {"skill": " ", "level": 6, "least": 0},
            {("required", "/skill"), ("too_large", "/level"), ("too_small", "/least")},
        ),
        ({"skill": "network", "within_s": -1, "price": 0}, {("too_small", "/within_s"), ("too_small", "/price")}),
        (
            {"skill": "network", "split": "1 pm", "from": "2020-13-01"},
            {("bad_format", "/split"), ("bad_format", "/from")},
        ),
        ({"skill": "network", "depot": "depot_0"}, {("not_found", "/depot")}),
        ({"skill": "network", "name": "other"}, {("inconsistent", "/name")}),
        ({"skill": "network", "colour": "red"}, {("unknown_field", "/colour")}),
    ],
)
def test_impossible_reserve_is_refused(world: World, document: dict[str, Any], expected: set[tuple[str, str]]) -> None:
    assert faults(world.dispatcher.put("/v1/reserves/net", document)) == expected
    assert world.dispatcher.get("/v1/reserves").get_json()["items"] == []


def test_reserve_that_too_few_could_keep_is_warned_about(world: World) -> None:
    desk = world.dispatcher

    def warned(**document: Any) -> list[tuple[str, str]]:
        body = desk.put("/v1/reserves/net?dry_run=1", document).get_json()
        return [(one["code"], one["pointer"]) for one in body["warnings"]]

    assert warned(skill="network", level=3, least=2) == []
    assert warned(skill="network", level=3, least=3) == [("too_few_people", "/least")]
    assert warned(skill="network", level=4) == [("skill_unknown", "/skill")]
    assert warned(skill="dowsing") == [("skill_unknown", "/skill")]


def test_depot_of_a_reserve_is_in_use(world: World) -> None:
    desk = world.dispatcher
    depot = desk.post("/v1/depots", examples.DEPOT_IN)
    desk.put("/v1/reserves/net", {"skill": "network", "depot": depot.get_json()["id"]})
    refused = desk.delete(depot.headers["Location"], match=depot.headers["ETag"])
    assert (refused.status_code, refused.get_json()["code"]) == (409, "in_use")


# ---- faces ----


def test_faces_are_set_for_a_client_and_for_jobs(any_world: World) -> None:
    desk = any_world.dispatcher
    any_world.post_job(client={"ref": "C-117", "name": "Cabinet Le Gall"})
    body = desk.put("/v1/faces/le-gall", examples.FACES_IN).get_json()
    assert {name: body[name] for name in ("name", "client", "jobs", "most")} == {
        "name": "le-gall",
        "client": "C-117",
        "jobs": [],
        "most": 2,
    }
    first = any_world.post_job(desk, external_ref="own-1")["id"]
    second = any_world.post_job()["id"]
    other = desk.put("/v1/faces/move", {"jobs": ["own-1", second]}).get_json()
    assert (other["client"], other["jobs"], other["most"], other["outdated"]) == (None, [first, second], 1, [])
    page = desk.get("/v1/faces?limit=1").get_json()
    rest = desk.get(f"/v1/faces?limit=1&cursor={page['next']}").get_json()
    assert [one["name"] for one in page["items"] + rest["items"]] == ["le-gall", "move"]
    read = desk.get("/v1/faces/move")
    assert desk.delete("/v1/faces/move", match=read.headers["ETag"]).get_json() == {"outdated": []}
    assert desk.get("/v1/faces/move").status_code == 404


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({}, {("required", "/jobs")}),
        ({"jobs": [], "client": None}, {("required", "/jobs")}),
        ({"jobs": ["a"], "client": "C-1"}, {("inconsistent", "/jobs")}),
        ({"jobs": ["a", "b", "a"]}, {("conflict", "/jobs/2")}),
        ({"jobs": ["job_0"], "most": 2}, {("not_found", "/jobs/0")}),
        ({"client": "C-0"}, {("not_found", "/client")}),
        ({"jobs": [1], "most": 0}, {("wrong_type", "/jobs/0"), ("too_small", "/most")}),
    ],
)
def test_impossible_faces_are_refused(world: World, document: dict[str, Any], expected: set[tuple[str, str]]) -> None:
    assert faults(world.dispatcher.put("/v1/faces/some", document)) == expected
    assert world.dispatcher.get("/v1/faces").get_json()["items"] == []


def test_job_named_twice_in_other_words_is_a_fault(world: World) -> None:
    job = world.post_job(world.dispatcher, external_ref="own-1")["id"]
    assert faults(world.dispatcher.put("/v1/faces/some", {"jobs": [job, "own-1", "job_0"]})) == {
        ("conflict", "/jobs/1"),
        ("not_found", "/jobs/2"),
    }


# ---- what all rules have in common ----


RULES = [
    ("/v1/separation", {}),
    ("/v1/reserves/net", {"skill": "network"}),
    ("/v1/faces/le-gall", {"client": "C-1"}),
]


@pytest.mark.parametrize(("path", "document"), RULES)
def test_dry_run_of_a_rule_stores_nothing(world: World, path: str, document: dict[str, Any]) -> None:
    desk = world.dispatcher
    world.post_job(client={"ref": "C-1", "name": "Le Gall"})
    dry = desk.put(f"{path}?dry_run=1", document)
    assert (dry.status_code, dry.get_json()["outdated"]) == (200, [])
    assert "revision" not in dry.get_json()
    assert desk.get(path).status_code == 404
    tag = desk.put(path, document).headers["ETag"]
    assert desk.delete(f"{path}?dry_run=1", match=tag).get_json() == {"outdated": []}
    assert desk.get(path).headers["ETag"] == tag


@pytest.mark.parametrize(("path", "document"), RULES)
def test_rules_are_for_dispatchers(world: World, path: str, document: dict[str, Any]) -> None:
    for caller in (world.portal, world.anna):
        assert caller.put(path, document).status_code == 403
        assert caller.get(path).status_code == 403


# ---- teams ----


def test_team_of_four_is_the_largest(world: World) -> None:
    assert world.post_job(people=4)["people"] == 4
    refused = world.portal.post("/v1/jobs", world.job(people=5, after=[{"job": "a", "gap_s": -1}]))
    assert faults(refused) == {("too_large", "/people"), ("too_small", "/after/0/gap_s")}
    assert faults(world.portal.post("/v1/jobs", world.job(people=0))) == {("too_small", "/people")}


def test_team_is_told_in_its_stops_and_its_fits(world: World) -> None:
    anna, bert = (world.technicians[name] for name in ("anna", "bert"))
    team = world.post_job(people=2)["id"]
    publish(world, {anna: [team], bert: [team]})
    routes = world.dispatcher.get("/v1/plans/current").get_json()["routes"]
    told = [(stop["type"], stop["people"]) for route in routes for stop in route["stops"]]
    assert told == [("start", None), ("job", 2), ("end", None)] * 2
    (stop,) = [one for one in world.anna.get(f"/v1/technicians/me/routes/{DAY}").get_json()["stops"] if one["job"]]
    assert stop["people"] == 2

    second = world.post_job(people=2)["id"]
    path = f"/v1/jobs/{second}/fits?from={DAY}&to={DAY}"
    fits = world.dispatcher.get(path).get_json()["fits"]
    assert fits
    assert all({fit["technician"], *fit["others"]} == {anna, bert} for fit in fits)
    assert {fit["others"] for fit in world.portal.get(path).get_json()["fits"]} == {None}
    alone = world.post_job()["id"]
    assert [] in [fit["others"] for fit in world.dispatcher.get(path.replace(second, alone)).get_json()["fits"]]


# ---- one after another ----


def test_after_is_kept_with_its_gaps(any_world: World) -> None:
    first = any_world.post_job(external_ref="web-1")
    gaps = {"gap_s": 600, "most_gap_s": 86_400, "same_technician": True}
    second = any_world.post_job(after=[{"job": "web-1", **gaps}])
    assert second["after"] == [{"job": first["id"], **gaps}]
    assert second["warnings"] == []
    plain = any_world.post_job(after=[{"job": first["id"]}])
    assert plain["after"] == [{"job": first["id"], "gap_s": 0, "most_gap_s": None, "same_technician": False}]
    equal = any_world.post_job(after=[{"job": "web-1", "gap_s": 60, "most_gap_s": 60}])
    assert equal["after"][0]["most_gap_s"] == 60


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ([{"job": "web-0"}, {}], {("required", "/after/1/job")}),
        ([{"job": "web-0"}, {"job": "job_0"}], {("not_found", "/after/0/job"), ("not_found", "/after/1/job")}),
        ([{"job": "web-1", "gap_s": 60, "most_gap_s": 59}], {("inconsistent", "/after/0/most_gap_s")}),
        ([{"job": "web-1", "most_gap_s": -1}], {("too_small", "/after/0/most_gap_s")}),
        ([{"job": "web-1"}, {"job": "web-1"}], {("conflict", "/after/1")}),
    ],
)
def test_impossible_order_is_refused(world: World, after: list[dict[str, Any]], expected: set[tuple[str, str]]) -> None:
    world.post_job(external_ref="web-1")
    assert faults(world.portal.post("/v1/jobs", world.job(after=after))) == expected


def test_other_keys_jobs_come_before_no_job_of_a_portal(world: World) -> None:
    other = world.post_job(world.other_portal, external_ref="theirs")["id"]
    for name in ("theirs", other):
        refused = world.portal.post("/v1/jobs", world.job(after=[{"job": name}]))
        assert faults(refused) == {("not_found", "/after/0/job")}
    assert world.dispatcher.post("/v1/jobs", world.job(after=[{"job": other}])).status_code == 201


def test_circle_of_jobs_is_refused_and_named(world: World) -> None:
    jobs = [world.post_job(external_ref="web-1")]
    for number in (2, 3):
        jobs.append(world.post_job(external_ref=f"web-{number}", after=[{"job": f"web-{number - 1}"}]))
    first = jobs[0]
    path = f"/v1/jobs/{first['id']}"
    refused = world.portal.patch(path, {"after": [{"job": "web-3"}]}, match=first["revision"])
    assert faults(refused) == {("inconsistent", "/after/0/job")}
    (fault,) = refused.get_json()["errors"]
    assert fault["detail"].endswith(": " + ", ".join(job["reference"] for job in reversed(jobs)))
    itself = world.portal.patch(path, {"after": [{"job": "job_0"}, {"job": "web-1"}]}, match=first["revision"])
    assert faults(itself) == {("not_found", "/after/0/job"), ("inconsistent", "/after/1/job")}
    assert world.portal.get(path).get_json()["after"] == []


def test_circle_hides_other_keys_jobs_from_a_portal(world: World) -> None:
    mine = world.post_job(external_ref="web-1")
    theirs = world.post_job(world.dispatcher, after=[{"job": mine["id"]}])
    third = world.post_job(external_ref="web-3")
    path = f"/v1/jobs/{third['id']}"
    world.dispatcher.patch(path, {"after": [{"job": theirs["id"]}]}, match=third["revision"])
    refused = world.portal.patch(f"/v1/jobs/{mine['id']}", {"after": [{"job": "web-3"}]}, match=mine["revision"])
    (fault,) = refused.get_json()["errors"]
    assert fault["detail"].endswith(f": {third['reference']}, another job, {mine['reference']}")


# ---- goods ----


def test_loan_comes_back_as_the_job_or_the_item_says(any_world: World) -> None:
    desk = any_world.dispatcher
    desk.put("/v1/items/router", {"kind": "loan", "returned_after_days": 14})
    desk.put("/v1/items/laptop", {"kind": "part"})
    items = [{"sku": "router", "quantity": 1}, {"sku": "laptop", "quantity": 2, "returned_after_days": None}]
    job = any_world.post_job(items=items)
    assert job["items"] == [
        {"sku": "router", "quantity": 1, "returned_after_days": 14},
        {"sku": "laptop", "quantity": 2},
    ]
    shorter = [{"sku": "router", "quantity": 1, "returned_after_days": 3}]
    changed = any_world.portal.patch(f"/v1/jobs/{job['id']}", {"items": shorter}, match=job["revision"])
    assert changed.get_json()["items"] == shorter


def test_only_loans_come_back(world: World) -> None:
    desk = world.dispatcher
    for kind in ("part", "tool"):
        refused = desk.put("/v1/items/router", {"kind": kind, "returned_after_days": 14})
        assert faults(refused) == {("inconsistent", "/returned_after_days")}
    assert faults(desk.put("/v1/items/router", {"kind": "loan", "returned_after_days": 0})) == {
        ("too_small", "/returned_after_days")
    }
    desk.put("/v1/items/ladder", {"kind": "tool"})
    items = [{"sku": "nothing", "quantity": 1}, {"sku": "ladder", "quantity": 1, "returned_after_days": 2}]
    assert faults(world.portal.post("/v1/jobs", world.job(items=items))) == {
        ("not_found", "/items/0/sku"),
        ("inconsistent", "/items/1/returned_after_days"),
    }


def test_kind_gives_its_loans_to_its_jobs(world: World) -> None:
    desk = world.dispatcher
    desk.put("/v1/items/router", {"kind": "loan", "returned_after_days": 14})
    needs = [{"sku": "router", "quantity": 1}]
    desk.put("/v1/kinds/line_down", {"title": "No line", "service_s": 3600, "items": needs})
    assert world.post_job(kind="line_down")["items"] == [{**needs[0], "returned_after_days": 14}]
    lent = [{**needs[0], "returned_after_days": 7}]
    desk.put("/v1/kinds/longer", {"title": "No line", "service_s": 3600, "items": lent})
    assert world.post_job(kind="longer")["items"] == lent


# ---- what breaks ----


def test_less_stock_makes_the_plan_untrue(world: World) -> None:
    desk, anna = world.dispatcher, world.technicians["anna"]
    depot = desk.post("/v1/depots", examples.DEPOT_IN).get_json()["id"]
    desk.put("/v1/items/laptop", {})
    path = f"/v1/stock/{depot}/laptop"
    stock = desk.put(path, {"on_hand": 2})
    job = world.post_job(items=[{"sku": "laptop", "quantity": 2}])["id"]
    publish(world, {anna: [depot, job]})
    for less in ({"on_hand": 1}, {"on_hand": 0, "arrivals": [{"at": "2020-03-17T08:00:00+01:00", "quantity": 2}]}):
        dry = desk.put(f"{path}?dry_run=1", less, match=stock.headers["ETag"]).get_json()
        assert {name for entry in dry["outdated"] for name in entry["jobs"]} == {job}
    assert desk.get(path).headers["ETag"] == stock.headers["ETag"]
    late = desk.put(path, less, match=stock.headers["ETag"]).get_json()
    assert late["outdated"]
    assert desk.get("/v1/plans/current").get_json()["outdated"] == late["outdated"]


def two_specialists(world: World) -> list[dict[str, Any]]:
    """Chloé for servers in bubble A, David for security in bubble B, and nobody else with either."""
    home = {"lat": 48.1, "lon": -1.6}
    week = [{"days": ["mon", "tue", "wed", "thu", "fri"], "start": "08:00", "end": "17:30"}]
    return [
        world.dispatcher.post(
            "/v1/technicians",
            {"name": name, "home": home, "week": week, "bubble": bubble, "skills": [{"name": skill, "level": 3}]},
        ).get_json()
        for name, bubble, skill in (("Chloé", "A", "servers"), ("David", "B", "security"))
    ]


BOTH = [{"name": "servers", "level": 3}, {"name": "security", "level": 3}]


def test_team_that_may_never_meet_is_said_when_the_rule_is_set(any_world: World) -> None:
    desk = any_world.dispatcher
    two_specialists(any_world)
    job = any_world.post_job(people=2, skills=BOTH)
    assert job["issues"] == []
    dry = desk.put("/v1/separation?dry_run=1", {}).get_json()
    (issue,) = desk.put("/v1/separation", {}).get_json()["issues"]
    assert dry["issues"] == [issue]
    assert (issue["jobs"], issue["pointer"]) == ([job["id"]], "/people")
    assert "Chloé" in issue["detail"]
    assert "David" in issue["detail"]
    assert any_world.portal.get(f"/v1/jobs/{job['id']}").get_json().keys() == job.keys() - {
        "issues",
        "fits",
        "obstacles",
        "run",
    }


def test_team_that_may_never_meet_is_said_when_it_is_asked_for(any_world: World) -> None:
    desk = any_world.dispatcher
    two_specialists(any_world)
    desk.put("/v1/separation", {})
    (told,) = any_world.post_job(people=2, skills=BOTH)["issues"]
    assert "Chloé" not in told["detail"]
    job = any_world.post_job(desk, skills=[{"name": "servers", "level": 3}])
    assert job["issues"] == []
    path, change = f"/v1/jobs/{job['id']}", {"people": 2, "skills": BOTH}
    dry = desk.patch(f"{path}?dry_run=1", change, match=job["revision"]).get_json()
    assert [issue["jobs"] for issue in dry["issues"]] == [[job["id"]]]
    changed = desk.patch(path, change, match=job["revision"]).get_json()
    assert changed["issues"] == dry["issues"]
    again = desk.patch(path, change, match=changed["revision"]).get_json()
    assert (again["issues"], again["revision"]) == (changed["issues"], changed["revision"])


def test_team_that_may_never_meet_is_said_when_a_bubble_changes(any_world: World) -> None:
    desk = any_world.dispatcher
    _, david = two_specialists(any_world)
    path = f"/v1/technicians/{david['id']}"
    together = desk.patch(path, {"bubble": "A"}, match=david["revision"]).get_json()
    desk.put("/v1/separation", {})
    job = any_world.post_job(people=2, skills=BOTH)
    assert job["issues"] == []
    apart = desk.patch(f"{path}?dry_run=1", {"bubble": "B"}, match=together["revision"]).get_json()
    assert [issue["jobs"] for issue in apart["issues"]] == [[job["id"]]]
    assert desk.patch(path, {"name": "Dave"}, match=together["revision"]).get_json()["issues"] == []


def test_remote_job_contradicts_nothing(world: World) -> None:
    two_specialists(world)
    world.dispatcher.put("/v1/separation", {})
    site = JOB["site"] | {"security_appliance": True}
    job = world.post_job(people=2, skills=BOTH, site=site)
    assert (job["handling"], job["issues"]) == ("remote", [])


def test_rule_of_bubbles_makes_the_plan_untrue(any_world: World) -> None:
    """Two people at one client's, one straight after the other: fine until the rule keeps their bubbles apart."""
    desk = any_world.dispatcher
    for name, bubble in (("anna", "A"), ("bert", "B")):
        path = f"/v1/technicians/{any_world.technicians[name]}"
        desk.patch(path, {"bubble": bubble}, match=desk.get(path).headers["ETag"])
    first, second = (any_world.post_job()["id"] for _ in range(2))
    publish(any_world, {any_world.technicians["anna"]: [first], any_world.technicians["bert"]: [second]})
    dry = desk.put("/v1/separation?dry_run=1", {"from": DAY}).get_json()
    assert {"separation"} == {entry["code"] for entry in dry["outdated"]}
    assert desk.get("/v1/plans/current").get_json()["outdated"] == []
    later = desk.put("/v1/separation?dry_run=1", {"from": "2020-03-17"}).get_json()
    priced = desk.put("/v1/separation?dry_run=1", {"from": DAY, "price": 3600}).get_json()
    assert later["outdated"] == priced["outdated"] == []
    hard = desk.put("/v1/separation", {"from": DAY}).get_json()
    assert hard["outdated"] == dry["outdated"]
    plan = desk.get("/v1/plans/current").get_json()
    assert plan["outdated"] == dry["outdated"]


def test_faces_make_the_plan_untrue(any_world: World) -> None:
    desk = any_world.dispatcher
    client = {"ref": "C-1", "name": "Le Gall"}
    first, second = (any_world.post_job(client=client)["id"] for _ in range(2))
    publish(any_world, {any_world.technicians["anna"]: [first], any_world.technicians["bert"]: [second]})
    assert desk.put("/v1/faces/le-gall?dry_run=1", {"client": "C-1", "most": 2}).get_json()["outdated"] == []
    dry = desk.put("/v1/faces/le-gall?dry_run=1", {"client": "C-1"}).get_json()
    assert {entry["code"] for entry in dry["outdated"]} == {"faces"}
    assert desk.put("/v1/faces/jobs", {"jobs": [first, second]}).get_json()["outdated"] != []


def test_reserve_makes_no_plan_untrue_but_is_planned_anew(any_world: World) -> None:
    desk, anna = any_world.dispatcher, any_world.technicians["anna"]
    publish(any_world, {anna: [any_world.post_job()["id"]]})
    answer = desk.put("/v1/reserves/net", {"skill": "network", "least": 2}).get_json()
    assert answer["outdated"] == []
    (run,) = [run for run in desk.get("/v1/optimisations").get_json()["items"] if run["status"] == "queued"]
    assert run["automatic"]


def test_plan_says_how_evenly_work_is_shared_out(world: World) -> None:
    anna = world.technicians["anna"]
    publish(world, {anna: [world.post_job()["id"]]})
    fairness = world.dispatcher.get("/v1/plans/current").get_json()["summary"]["fairness"]
    shares = {one["technician"]: one for one in fairness["technicians"]}
    assert set(shares) == set(world.technicians.values())
    assert 0 < fairness["index"] < 1
    assert shares[anna]["index"] > shares[world.technicians["bert"]]["index"] == 0
    assert shares[anna]["paid_s"] > 0
