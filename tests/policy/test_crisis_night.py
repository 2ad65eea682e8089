"""The crisis night keeps its promises: as many jobs, as real, as tight as the contract says."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Any

SERVICE = Path(__file__).parents[2] / "service"
NIGHT: dict[str, Any] = json.loads((SERVICE / "demo" / "crisis_night.json").read_text("utf-8"))
KINDS: dict[str, Any] = {kind["name"]: kind for kind in json.loads((SERVICE / "kinds.json").read_text("utf-8"))}

FIRST, LAST = date(2020, 3, 13), date(2020, 3, 20)
ASKED = [row["body"] for row in NIGHT["night"]]
BOOKED = [row["body"] for row in NIGHT["before"]]
TEAM = {row["key"]: row["body"] for row in NIGHT["technicians"]}
OUT = {row["body"]["external_ref"]: row["stays_out"]["codes"] for row in NIGHT["night"] if "stays_out" in row}
BY_REF = {body["external_ref"]: body for body in BOOKED + ASKED}
UNKNOWN_SKILL = "fiber_splicing"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def skills(body: dict[str, Any]) -> list[dict[str, Any]]:
    """What the job needs, its kind's where it says nothing."""
    found: list[dict[str, Any]] = body.get("skills", KINDS[body["kind"]]["skills"])
    return found


def items(body: dict[str, Any]) -> list[dict[str, Any]]:
    """What the job delivers, its kind's where it says nothing."""
    found: list[dict[str, Any]] = body.get("items", KINDS[body["kind"]]["items"])
    return found


def remembered(bodies: list[dict[str, Any]], field: str) -> dict[str, Any]:
    """External reference -> what the site is known to have, as a later job of the same site inherits it."""
    sites: dict[str, Any] = {}
    found = {}
    for body in bodies:
        site = body["site"]
        if field in site:
            sites[site["ref"]] = site[field]
        found[body["external_ref"]] = sites.get(site["ref"])
    return found


def is_remote(body: dict[str, Any], appliance: bool | None) -> bool:
    """The contract's triage."""
    return appliance is True and KINDS[body["kind"]]["remote"] and not items(body)


def places() -> Iterator[tuple[float, float]]:
    """Every place that has a position."""
    for body in BOOKED + ASKED:
        if "lat" in body["site"]:
            yield body["site"]["lat"], body["site"]["lon"]
    for technician in TEAM.values():
        yield technician["home"]["lat"], technician["home"]["lon"]


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance."""
    lat, lon, lat2, lon2 = (radians(degrees) for degrees in (*one, *other))
    half = sin((lat2 - lat) / 2) ** 2 + cos(lat) * cos(lat2) * sin((lon2 - lon) / 2) ** 2
    return 2 * 6_371_008.8 * asin(sqrt(half))


def windows(row: dict[str, Any]) -> Iterator[tuple[datetime, datetime]]:
    """Every window of a row: asked for or promised."""
    found = row["body"].get("time_windows", []) + ([row["promise"]] if row.get("promise") else [])
    for window in found:
        yield datetime.fromisoformat(window["earliest"]), datetime.fromisoformat(window["latest"])


def clock(text: str) -> timedelta:
    """``08:30`` since midnight."""
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


# ---- as many as the contract says ----


def test_counts_are_the_contracts() -> None:
    promised = [row for row in NIGHT["before"] if row["promise"]]

    assert (len(ASKED), len(BOOKED), len(TEAM), len(KINDS)) == (50, 60, 12, 8)
    assert len(promised) == 20
    assert [body["external_ref"] for body in ASKED] == [f"web-{n:04d}" for n in range(1, 51)]
    assert len(BY_REF) == 110


def test_six_key_people_stand_for_one_service_each_in_a_bubble_of_their_own() -> None:
    keys = [technician for technician in TEAM.values() if technician["bubble"]]
    masters = [{skill["name"] for skill in one["skills"] if skill["level"] == 3} for one in keys]

    assert sorted(one["bubble"] for one in keys) == list("ABCDEF")
    assert all(len(own) == 1 for own in masters)
    assert len(set().union(*masters)) == 6


def test_half_of_the_night_is_remote_and_the_rest_says_why_not() -> None:
    known = remembered(BOOKED + ASKED, "security_appliance")
    remote = [body for body in ASKED if is_remote(body, known[body["external_ref"]])]
    booked_on_site = [body for body in BOOKED if not is_remote(body, known[body["external_ref"]])]

    assert 20 <= len(remote) <= 26
    assert not {body["external_ref"] for body in remote} & set(OUT)
    assert {known[body["external_ref"]] for body in ASKED} == {True, False, None}
    assert len(booked_on_site) >= 54


# ---- as real ----


def test_addresses_are_distinct_and_near() -> None:
    depot = NIGHT["depots"][0]["body"]
    by_address = {body["site"]["address"]: body["site"].get("lat") for body in BOOKED + ASKED}

    assert len({body["site"]["address"] for body in ASKED}) >= 45
    assert len(by_address) >= 100
    assert len(set(places())) >= len([lat for lat in by_address.values() if lat])
    assert max(metres(place, (depot["lat"], depot["lon"])) for place in places()) < 40_000


def test_same_address_is_one_position_and_one_client() -> None:
    known: dict[str, tuple[Any, ...]] = {}
    for body in BOOKED + ASKED:
        site = body["site"]
        told = (site["ref"], site.get("lat"), site.get("lon"), body["client"]["ref"], body["client"]["name"])
        assert known.setdefault(site["address"], told) == told


def test_phones_and_mails_are_fictitious() -> None:
    for body in BOOKED + ASKED:
        assert body["client"]["phone"].startswith("+33 2 61 91 ")
        assert body["client"]["email"].endswith("@example.org")


def test_days_lie_in_the_horizon_and_never_on_the_week_end() -> None:
    for row in NIGHT["before"] + NIGHT["night"]:
        days = [date.fromisoformat(day) for day in row["body"].get("dates", [])]
        days += [moment.date() for window in windows(row) for moment in window]
        if "deadline" in row["body"]:
            days.append(datetime.fromisoformat(row["body"]["deadline"]).date())
        assert all(FIRST <= day <= LAST and day.weekday() < 5 for day in days), row["body"]["external_ref"]


def test_promises_are_two_hours_on_a_wanted_day() -> None:
    for row in NIGHT["before"]:
        if row["promise"]:
            ((earliest, latest),) = windows({"body": {}, "promise": row["promise"]})
            assert latest - earliest == timedelta(hours=2)
            assert earliest.date() == latest.date()
            assert earliest.date().isoformat() in row["body"]["dates"]


def test_night_was_posted_between_evening_and_morning_in_order() -> None:
    posted = [datetime.fromisoformat(row["posted_at"]) for row in NIGHT["night"]]

    assert posted == sorted(posted)
    assert posted[0].date() == FIRST - timedelta(days=1)
    assert posted[-1] < datetime.fromisoformat("2020-03-13T06:30:00+01:00")
    assert all(body.get("priority", 50) <= 80 for body in ASKED)


# ---- what the data say of one another ----


def test_skills_exist_except_the_deliberate_one() -> None:
    had = {skill["name"]: 0 for technician in TEAM.values() for skill in technician["skills"]}
    for technician in TEAM.values():
        for skill in technician["skills"]:
            had[skill["name"]] = max(had[skill["name"]], skill["level"])
    wanted = [need for body in BOOKED + ASKED for need in skills(body)]
    wanted += [need for kind in KINDS.values() for need in kind["skills"]]

    missing = {need["name"] for need in wanted if had.get(need["name"], 0) < need["level"]}

    assert missing == {UNKNOWN_SKILL}


def test_names_that_are_used_are_there() -> None:
    skus = {item["sku"] for item in NIGHT["items"]}
    used = {item["sku"] for body in BOOKED + ASKED for item in items(body)}
    used |= {item["sku"] for kind in KINDS.values() for item in kind["items"]}
    used |= {sku for one in TEAM.values() for sku in (*one["van"], *one["carries"])}

    assert used | {stock["sku"] for stock in NIGHT["stock"]} == skus
    assert {body["kind"] for body in BOOKED + ASKED} <= set(KINDS)
    assert {key for row in NIGHT["absences"] for key in row["body"]["technicians"]} <= set(TEAM)
    assert {need["job"] for body in ASKED for need in body.get("after", [])} <= set(BY_REF)


def wanted_until(day: date) -> Counter[str]:
    """Goods of the plannable jobs that have to be delivered by that day."""
    wanted = Counter[str]()
    for body in BOOKED + ASKED:
        if body["external_ref"] not in OUT and date.fromisoformat(body.get("dates", [str(LAST)])[-1]) <= day:
            wanted.update({item["sku"]: item["quantity"] for item in items(body)})
    return wanted


def held_on(day: date) -> Counter[str]:
    """What lies in vans and at the depot by noon of that day, if nobody takes anything, loans left out."""
    held = Counter[str]()
    for technician in TEAM.values():
        held.update(technician["van"])
    for row in NIGHT["stock"]:
        held[row["sku"]] += row["body"]["on_hand"]
        for arrival in row["body"]["arrivals"]:
            if datetime.fromisoformat(arrival["at"]).date() <= day:
                held[row["sku"]] += arrival["quantity"]
    return held


def test_vans_and_shelves_hold_what_the_plannable_jobs_deliver_and_the_vans_alone_do_not() -> None:
    lent = {item["sku"] for item in NIGHT["items"] if item["body"]["kind"] == "loan"}
    for day in (FIRST + timedelta(days=number) for number in range(8)):
        wanted, held = wanted_until(day), held_on(day)
        assert all(held[sku] >= quantity for sku, quantity in wanted.items() if sku not in lent)
    vans = Counter[str]()
    for technician in TEAM.values():
        vans.update(technician["van"])
        assert all(quantity <= technician["carries"][sku] for sku, quantity in technician["van"].items())
    assert vans["laptop"] < 3 < wanted_until(LAST)["laptop"]
    assert held_on(FIRST)["laptop"] < wanted_until(LAST)["laptop"]  # somebody waits for those that are to come


def test_one_router_is_lent_twice_because_it_comes_back() -> None:
    (row,) = [row["body"] for row in NIGHT["stock"] if row["sku"] == "router_4g"]
    jobs = [body for body in ASKED if any(item["sku"] == "router_4g" for item in items(body))]
    assert (row["on_hand"], len(jobs)) == (1, 2)
    assert not any("router_4g" in technician["van"] for technician in TEAM.values())
    first, second = jobs
    (need,) = items(first)
    back = date.fromisoformat(first["dates"][0]) + timedelta(days=need["returned_after_days"])
    assert back <= date.fromisoformat(second["dates"][-1])


# ---- the rules that tie technicians together ----


def test_bubbles_are_kept_apart_from_monday_and_some_start_at_the_depot() -> None:
    rule = NIGHT["separation"]
    assert (rule["scope"], rule["radius_m"], rule["buffer_s"]) == (["site", "depot"], 50, 1800)
    assert (rule["from"], rule["price"]) == ("2020-03-16", None)
    at_depot = {one["bubble"] for one in TEAM.values() if one["start"] == {"depot": "noyal"}}
    assert len(at_depot - {None}) >= 3


def test_teams_orders_and_faces_are_there() -> None:
    everything = BOOKED + ASKED
    teams = [body["external_ref"] for body in everything if body.get("people", 1) > 1]
    assert len([ref for ref in teams if ref not in OUT]) == 2
    pairs = [(BY_REF[entry["job"]], body, entry) for body in everything for entry in body.get("after", [])]
    assert len(pairs) == 2
    assert any(entry.get("same_technician") for _, _, entry in pairs)
    assert any(entry.get("most_gap_s") for _, _, entry in pairs)
    for first, second, _ in pairs:
        assert everything.index(first) < everything.index(second)
        assert first["dates"][0] <= second["dates"][-1]
        assert first["site"]["ref"] == second["site"]["ref"]
    for rule in NIGHT["faces"]:
        of_client = [body for body in everything if body["client"]["ref"] == rule["body"]["client"]]
        assert len(of_client) > rule["body"]["most"]


def test_reserves_are_of_skills_that_several_have() -> None:
    for rule in (row["body"] for row in NIGHT["reserves"]):
        need = {"name": rule["skill"], "level": rule["level"]}
        assert sum(bool(reaches(one, need)) for one in TEAM.values()) > rule["least"]


def test_somebody_goes_out_only_as_a_last_resort() -> None:
    assert [key for key, one in TEAM.items() if one["field_work"] == "last_resort"] == ["tech_k"]


# ---- as tight: the reasons for staying out are true ----


def test_at_least_three_stay_out_for_different_reasons() -> None:
    assert len({code for codes in OUT.values() for code in codes}) >= 3
    assert len(OUT) == 7


def test_reasons_within_a_job_are_true() -> None:
    told = {
        code: [BY_REF[ref] for ref, codes in OUT.items() if code in codes] for codes in OUT.values() for code in codes
    }

    assert all(any(need["name"] == UNKNOWN_SKILL for need in skills(body)) for body in told["no_skill"])
    assert all("lat" not in body["site"] for body in told["no_location"])
    for body in told["separation"]:
        able = [{key for key, one in TEAM.items() if reaches(one, need)} for need in skills(body)]
        bubbles = [TEAM[key]["bubble"] for people in able for key in people]
        assert [len(people) for people in able] == [1, 1]
        assert body["people"] == len(set(bubbles)) == 2
        assert None not in bubbles
    for body in told["over_capacity"]:
        assert all(one["carries"][item["sku"]] < item["quantity"] for item in items(body) for one in TEAM.values())


def test_closed_window_meets_no_opening_hour() -> None:
    for body in (BY_REF[ref] for ref, codes in OUT.items() if "window_closed" in codes):
        for earliest, latest in windows({"body": body}):
            day = WEEKDAYS[earliest.weekday()]
            midnight = earliest.replace(hour=0, minute=0)
            for hours in body["site"]["hours"]:
                meets = midnight + clock(hours["open"]) <= latest and earliest <= midnight + clock(hours["close"])
                assert not (day in hours["days"] and meets)


def test_only_able_technician_is_away_on_every_wanted_day() -> None:
    for body in (BY_REF[ref] for ref, codes in OUT.items() if "technician_absent" in codes):
        able = {key for key, one in TEAM.items() if all(reaches(one, need) for need in skills(body))}
        assert len(able) == 1
        for day in body["dates"]:
            start = datetime.fromisoformat(f"{day}T00:00:00+01:00")
            assert any(covers(row["body"], able, start) for row in NIGHT["absences"])


def test_too_long_service_fits_no_shift() -> None:
    for body in (BY_REF[ref] for ref, codes in OUT.items() if "too_long" in codes):
        for technician in TEAM.values():
            speeds = [reaches(technician, need) for need in skills(body)]
            if all(speeds):
                on_site = timedelta(seconds=body["service_s"] / min(speeds))
                for entry in technician["week"]:
                    shift = clock(entry["end"]) - clock(entry["start"]) + timedelta(seconds=entry["overtime_s"])
                    assert on_site > shift


def reaches(technician: dict[str, Any], need: dict[str, Any]) -> float:
    """The speed at which the technician meets the need, 0 when not at all."""
    for skill in technician["skills"]:
        if skill["name"] == need["name"] and skill["level"] >= need["level"]:
            return float(skill["speed"])
    return 0.0


def covers(absence: dict[str, Any], people: set[str], start: datetime) -> bool:
    """Whether the absence keeps all of them from travelling for the whole day."""
    begin, end = (datetime.fromisoformat(absence[key]) for key in ("from", "to"))
    return people <= set(absence["technicians"]) and begin <= start and end >= start + timedelta(days=1)
