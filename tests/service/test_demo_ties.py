"""What the demo says of the rules that tie technicians together: read off a plan, not believed."""

from datetime import timedelta
from typing import Any

from service.demo.meetings import meetings, presences
from service.demo.shelf import accounts
from service.demo.ties import Rules, ties_table
from service.store.tables import Json

DEPOT: Json = {"id": "depot_1", "name": "Noyal", "lat": 48.1049, "lon": -1.5239}
HOME, CLIENT = {"lat": 48.2, "lon": -1.6}, {"lat": 48.1126, "lon": -1.6829}
NEXT_DOOR = {"lat": 48.1129, "lon": -1.6829}
"""33 m farther north."""
AT_DEPOT = {"lat": DEPOT["lat"], "lon": DEPOT["lon"]}
RULE: Json = {"radius_m": 50, "buffer_s": 1800, "from": "2020-03-16"}
BUBBLES = {"tech_a": "A", "tech_b": "B"}
TEAM = [{"id": "tech_a", "bubble": "A"}, {"id": "tech_b", "bubble": "B"}, {"id": "tech_c", "bubble": None}]
NAMES = {"tech_a": "Anna", "tech_b": "Bert", "tech_c": "Chloé", "depot_1": "Noyal"}


def stop(kind: str, place: Json, arrival: str, departure: str, day: int = 16, **changes: Any) -> Json:
    times = {
        name: f"2020-03-{day}T{clock}:00+01:00"
        for name, clock in (("arrival", arrival), ("start", arrival), ("departure", departure))
    }
    return {"type": kind, "job": None, "depot": None, "place": place, "items": []} | times | changes


def route(technician: str, *stops: Json) -> Json:
    return {"technician": technician, "date": stops[0]["arrival"][:10], "stops": list(stops)}


def plan(*routes: Json, **summary: Any) -> Json:
    return {"routes": list(routes), "to": "2020-03-20", "summary": summary}


def job(reference: str, **changes: Any) -> Json:
    client = {"ref": "C-1", "name": "Le Gall"}
    return {"reference": reference, "people": 1, "after": [], "items": [], "client": client} | changes


def gaps(document: Json, **rule: Any) -> list[int]:
    """Minutes between all who come to one place one after the other."""
    found = meetings(presences(document, [DEPOT]), BUBBLES, RULE | rule)
    return [between // timedelta(minutes=1) for between, _, _ in found]


# ---- who was where ----


def test_stops_at_one_place_are_one_presence_and_homes_are_none() -> None:
    document = plan(
        route(
            "tech_a",
            stop("start", HOME, "08:00", "08:00"),
            stop("job", CLIENT, "08:30", "09:00"),
            stop("break", CLIENT, "09:00", "09:45"),
            stop("job", CLIENT, "09:45", "10:00"),
            stop("end", AT_DEPOT, "10:30", "10:30"),
        )
    )
    found = [(f"{one.arrival:%H:%M}", f"{one.leaving:%H:%M}") for one in presences(document, [DEPOT])]
    assert found == [("08:30", "10:00"), ("10:30", "10:30")]


def test_people_of_different_bubbles_meet_at_a_clients_and_at_the_depot() -> None:
    first = route("tech_a", stop("start", AT_DEPOT, "08:00", "08:00"), stop("job", CLIENT, "09:00", "10:00"))
    second = route("tech_b", stop("start", AT_DEPOT, "08:10", "08:10"), stop("job", NEXT_DOOR, "10:29", "11:00"))
    assert gaps(plan(first, second)) == [10, 29]
    assert gaps(plan(first, second), radius_m=20) == [10]
    overlapping = route("tech_b", stop("job", CLIENT, "09:30", "11:00"))
    assert gaps(plan(first, overlapping)) == [-30]


def test_who_has_no_bubble_the_same_or_another_day_meets_nobody() -> None:
    first = route("tech_a", stop("job", CLIENT, "09:00", "10:00"))
    assert gaps(plan(first, route("tech_c", stop("job", CLIENT, "10:00", "11:00")))) == []
    assert gaps(plan(first, route("tech_a", stop("job", CLIENT, "10:00", "11:00", day=17)))) == []
    early = [route(name, stop("job", CLIENT, "09:00", "10:00", day=13)) for name in BUBBLES]
    assert gaps(plan(*early)) == []
    assert gaps(plan(*early), **{"from": "2020-03-13"}) == [-60]


# ---- what was taken ----


LENT = {"sku": "router", "quantity": 1, "returned_after_days": 2}
STOCK = [{"depot": "depot_1", "sku": "router", "on_hand": 1, "arrivals": []}]


def lending(name: str, day: int) -> Json:
    """A route that takes a router to a client."""
    call = stop("depot", AT_DEPOT, "08:10", "08:20", day, depot="depot_1", items=[{"sku": "router", "quantity": 1}])
    return route("tech_a", call, stop("job", CLIENT, "09:00", "10:00", day, job=name))


def test_loan_is_back_on_the_morning_of_its_day() -> None:
    jobs = {"job_1": job("K7QF", items=[LENT]), "job_2": job("K7QG", items=[LENT | {"returned_after_days": 9}])}
    (account,) = accounts(plan(lending("job_1", 16), lending("job_2", 18)), STOCK, jobs)
    assert (account.taken, account.back, account.left, account.lowest) == (2, 1, 0, 0)
    (too_early,) = accounts(plan(lending("job_1", 16), lending("job_2", 17)), STOCK, jobs)
    assert (too_early.left, too_early.lowest) == (0, -1)


def test_arrival_is_there_for_who_calls_at_that_moment() -> None:
    arrivals = [{"at": "2020-03-16T08:10:00+01:00", "quantity": 3}]
    jobs = {"job_1": job("K7QF", items=[{"sku": "router", "quantity": 1}])}
    (account,) = accounts(plan(lending("job_1", 16)), [STOCK[0] | {"on_hand": 0, "arrivals": arrivals}], jobs)
    assert (account.arriving, account.taken, account.left, account.lowest) == (3, 1, 2, 0)


# ---- in words ----


def lines(document: Json, jobs: dict[str, Json], **rules: Any) -> list[str]:
    values: Json = {"technicians": TEAM, "depots": [DEPOT], "stock": [], "names": NAMES} | rules
    return list(ties_table(document, jobs, Rules(**values)))


def test_closest_pass_is_told_and_a_meeting_counted() -> None:
    first = route("tech_a", stop("start", AT_DEPOT, "08:00", "08:00"))
    late = route("tech_b", stop("start", AT_DEPOT, "08:35", "08:35"))
    assert lines(plan(first, late), {}, separation=RULE) == [
        "Bubbles: 2 people in 2 bubbles, 1 times somebody came where another had been that day, 0 meetings.",
        "  The closest: Anna leaves at 08:00 on Mon 16, Bert arrives 35 min later at Noyal.",
    ]
    early = route("tech_b", stop("start", AT_DEPOT, "08:29", "08:29"))
    assert lines(plan(first, early), {}, separation=RULE)[0].endswith("1 meetings.")
    assert lines(plan(first), {}, separation=RULE)[0].endswith("0 meetings.")
    assert lines(plan(first, early), {}) == []


def test_shelf_says_what_is_left_and_what_nobody_could_have_taken() -> None:
    jobs = {"job_1": job("K7QF", items=[LENT]), "job_2": job("K7QG", items=[LENT])}
    fine = lines(plan(lending("job_1", 16)), jobs, stock=STOCK)
    assert fine == ["Stock router at Noyal: 1 on hand, 0 to arrive, 1 taken, 1 back from loan, 1 left."]
    wrong = lines(plan(lending("job_1", 16), lending("job_2", 17)), jobs, stock=STOCK)
    assert wrong[0].endswith("2 taken, 2 back from loan, 1 left; 1 TOO MANY WERE TAKEN.")


def test_teams_orders_faces_and_fairness_are_told() -> None:
    jobs = {
        "job_1": job("K7QF", people=2),
        "job_2": job("K7QG", after=[{"job": "job_1"}]),
        "job_3": job("K7QH", after=[{"job": "job_0"}], client={"ref": None, "name": "Other"}),
    }
    team = [route(name, stop("job", CLIENT, "09:00", "10:00", job="job_1")) for name in ("tech_a", "tech_c")]
    team[0]["stops"].append(stop("job", CLIENT, "11:30", "12:00", job="job_2"))
    document = plan(
        *team,
        route("tech_b", stop("job", CLIENT, "09:00", "10:00", day=18, job="job_3")),
        fairness={
            "index": 0.9,
            "technicians": [{"technician": "tech_b", "index": 0.5}, {"technician": "tech_a", "index": 1.5}],
        },
    )
    faces = [{"name": "le-gall", "client": "C-1", "jobs": [], "most": 2}]
    assert lines(document, jobs, faces=faces) == [
        "Team of 2, K7QF: Anna and Chloé, Mon 16 09:00:00.",
        "K7QG after K7QF: 1.5 h later, by the same technician.",
        "Faces le-gall: 2 visits by 2 of at most 2: Anna, Chloé.",
        "Fairness 0.90 (1 = paid time in equal shares of everybody's hours): Anna 1.50, Bert 0.50.",
    ]
    days = {**jobs, "job_3": job("K7QH", after=[{"job": "job_1"}])}
    assert "K7QH after K7QF: 2.0 days later." in lines(document, days)
