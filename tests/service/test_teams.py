"""Jobs that several do together, in stored routes."""

from typing import Any

from service.planning.documents import Document
from service.planning.teams import keep_teams, members_of, stand_together


def route(technician: str, *jobs: str | None, **more: Any) -> Document:
    """A route of these jobs; None is a break."""
    stops = [{"job": None}, *({"job": job, **more} for job in jobs), {"job": None}]
    return {"technician": technician, "stops": stops}


ANNA, BERT, CARL = route("anna", "a", "ab"), route("bert", "b", "ab", "bc"), route("carl", None, "bc", "c")
EVERY = [ANNA, BERT, CARL]


def test_members_are_all_who_stand_at_a_job() -> None:
    assert members_of(EVERY) == {
        "a": ["anna"],
        "ab": ["anna", "bert"],
        "b": ["bert"],
        "bc": ["bert", "carl"],
        "c": ["carl"],
    }


def test_who_has_begun_alone_concerns_nobody() -> None:
    assert stand_together(EVERY, [1, 1, 0]) == [1, 1, 0]
    assert stand_together(EVERY, [0, 0, 0]) == [0, 0, 0]


def test_team_stands_for_all_and_so_on_down_the_line() -> None:
    assert stand_together(EVERY, [2, 0, 0]) == [2, 2, 0]
    assert stand_together(EVERY, [0, 3, 0]) == [2, 3, 2]
    assert stand_together(EVERY, [0, 0, 2]) == [2, 3, 2]


def test_new_route_beside_a_team_mate_who_goes_as_planned_knows_the_team() -> None:
    made = route("anna", "ab", "a")
    keep_teams([made], [route("bert", "ab", people=2, brings=False)])
    assert [(stop.get("people"), stop.get("brings")) for stop in made["stops"][1:3]] == [(2, True), (None, None)]
    helper = route("anna", "ab")
    keep_teams([helper], [route("bert", "ab", people=2, brings=True)])
    assert helper["stops"][1]["brings"] is False
