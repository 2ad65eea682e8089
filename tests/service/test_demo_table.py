"""A published plan as a table that a dispatcher can read."""

from typing import Any

from service.demo.table import plan_table, totals
from service.store.tables import Json


def stop(kind: str, start: str, departure: str, **changes: Any) -> Json:
    instants = {name: f"2020-03-16T{clock}:00+01:00" for name, clock in (("start", start), ("departure", departure))}
    return {"type": kind, "job": None, "travel_s": 0, "items": []} | instants | changes


def route(*stops: Json, technician: str = "tech_a", day: str = "2020-03-16", **changes: Any) -> Json:
    return {
        "technician": technician,
        "date": day,
        "start": "2020-03-16T08:40:00+01:00",
        "end": "2020-03-16T12:20:00+01:00",
        "travel_s": 2400,
        "travel_m": 12_400,
        "overtime_s": 0,
        "stops": list(stops),
    } | changes


def job(reference: str, **changes: Any) -> Json:
    values = {"reference": reference, "kind": "vpn_setup", "client": {"name": "Cabinet Le Gall"}, "handling": "on_site"}
    return values | {"appointment": None} | changes


def plan(*routes: Json, unassigned: list[Json] | None = None, **changes: Any) -> Json:
    summary = {
        "assigned": 1,
        "unassigned": len(unassigned or []),
        "service_s": 5400,
        "travel_s": 2400,
        "travel_m": 12_400,
        "wait_s": 0,
        "overtime_s": 1800,
    }
    check = {"rules": [{"rule": "skill", "violations": 0}, {"rule": "shift", "violations": 0}], "not_checked": []}
    return {
        "routes": list(routes),
        "unassigned": unassigned or [],
        "summary": summary,
        "check": check,
        "travel_source": "formula",
    } | changes


PROMISE = {"earliest": "2020-03-16T09:00:00+01:00", "latest": "2020-03-16T11:00:00+01:00", "promised": True}
ITEMS = [{"sku": "laptop", "quantity": 2}]
NAMES = {"tech_a": "Anna", "tech_b": "Bert"}


def lines(document: Json, jobs: dict[str, Json], names: dict[str, str] | None = None) -> list[str]:
    return [*plan_table(document, jobs, NAMES if names is None else names), *totals(document, jobs)]


def test_route_shows_times_jobs_breaks_goods_and_promises() -> None:
    jobs = {"job_1": job("K7QF", appointment=PROMISE)}
    made = lines(
        plan(
            route(
                stop("start", "08:40", "08:40"),
                stop("job", "09:00", "10:30", job="job_1", travel_s=1230, items=ITEMS),
                stop("break", "11:30", "12:15"),
                stop("end", "12:20", "12:20"),
                overtime_s=1800,
            )
        ),
        jobs,
    )
    assert made[1].startswith("=== Monday 16 March 2020 ===")
    assert made[2] == "Anna: 08:40-12:20, 1 job, 40 min travel, 12 km, 30 min overtime"
    assert made[3].startswith("  09:00-10:30  K7QF  vpn_setup               Cabinet Le Gall")
    assert made[3].endswith("travel 20 min  + 2 laptop  promised 09:00-11:00")
    assert made[4] == "  11:30-12:15  break"
    assert "Nothing is left out." in made
    assert made[-3:] == [
        "1 jobs: 1 in 1 routes, 0 left out, 0 done from afar.",
        "Work 1.5 h, travel 0.7 h and 12 km, waiting 0.0 h, overtime 0.5 h; travel times: formula.",
        "Checked by 2 rules: 0 violations.",
    ]


def test_call_at_a_depot_shows_what_is_picked_up() -> None:
    call = stop("depot", "08:50", "09:00", travel_s=600, items=ITEMS)
    made = lines(plan(route(call, stop("job", "09:20", "10:30", job="job_1"))), {"job_1": job("K7QF")})
    assert made[2].startswith("Anna: 08:40-12:20, 1 job,")
    assert made[3].startswith("  08:50-09:00  depot ")
    assert made[3].endswith("travel 10 min  + 2 laptop")
    assert made[3].index("travel") == made[4].index("travel")


def test_who_comes_along_is_named() -> None:
    both = [route(stop("job", "09:20", "10:30", job="job_1"), technician=name) for name in NAMES]
    made = lines(plan(*both), {"job_1": job("K7QF")})
    assert [line.rsplit("  ", 1)[1] for line in made if "K7QF" in line] == ["with Bert", "with Anna"]


def test_days_and_people_come_in_order() -> None:
    made = lines(
        plan(
            route(technician="tech_b"),
            route(technician="tech_a", day="2020-03-17"),
            route(technician="tech_a"),
        ),
        {},
    )
    heads = [line[:12] for line in made if line.startswith(("===", "Anna", "Bert"))]
    assert heads == ["=== Monday 1", "Anna: 08:40-", "Bert: 08:40-", "=== Tuesday ", "Anna: 08:40-"]


def test_who_is_left_out_and_why() -> None:
    reasons = [
        {"code": "shift_full", "technician": "tech_a", "detail": "no room"},
        {"code": "shift_full", "technician": "tech_b", "detail": "no room"},
        {"code": "shift_full", "technician": "tech_b", "detail": "no room"},
        {"code": "closed", "technician": None, "detail": "The site is closed."},
    ]
    made = lines(plan(unassigned=[{"job": "job_1", "reasons": reasons}]), {"job_1": job("K7QF")})
    start = made.index("Left out: 1")
    assert made[start + 1 : start + 4] == [
        "  K7QF  vpn_setup               Cabinet Le Gall",
        "        shift_full: Anna: no room (and 1 more)",
        "        closed: The site is closed.",
    ]


def test_remote_jobs_rules_and_violations_are_counted() -> None:
    check = {"rules": [{"rule": "skill", "violations": 2}], "not_checked": ["separation", "field_work"]}
    jobs = {"job_1": job("K7QF", handling="remote"), "job_2": job("K7QG")}
    made = lines(plan(check=check), jobs)
    assert made[-4] == "2 jobs: 1 in 0 routes, 0 left out, 1 done from afar."
    assert made[-2:] == ["Checked by 1 rules: 2 violations.", "Rules not planned yet: separation, field_work."]


def test_long_names_are_cut_and_unknown_people_keep_their_id() -> None:
    long = job("K7QF", kind="k" * 40, client={"name": "n" * 80})
    made = lines(plan(route(stop("job", "09:00", "10:00", job="job_1"))), {"job_1": long}, {})
    assert made[2].startswith("tech_a: 08:40")
    assert "k" * 22 + "  " + "n" * 34 + "  travel" in made[3]
