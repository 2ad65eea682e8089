"""The board: routes in the list, routes for the map, and marks where times are estimates."""

import re
from dataclasses import replace
from html import escape, unescape
from typing import Any

import pytest

from api.app import create_app
from api.pages.board import around, board_of, by_formula, look
from api.pages.map_data import initials, lines_of
from service.travel import FormulaTravel, State
from tests.api.conftest import World
from tests.pages.conftest import DAY, HOSTILE, Visitor, a_day


class Silent(FormulaTravel):
    """A road engine that does not answer."""

    def state(self) -> State:
        """It is down."""
        return State("osrm", ok=False, detail="silent")


def words_of(html: str) -> str:
    """What somebody reads, without markup."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


@pytest.fixture
def day(world: World) -> dict[str, Any]:
    return a_day(world)


def test_board_before_any_plan_says_so(desk: Visitor) -> None:
    text = words_of(desk.get(f"/board/{DAY}").text)
    assert "Nothing has been published yet" in text
    assert desk.get(f"/board/{DAY}/map.json").get_json() == {"routes": [], "unassigned": []}


def test_list_has_every_stop_with_its_time_and_what_is_left_out_with_its_reason(
    desk: Visitor, day: dict[str, Any]
) -> None:
    text = words_of(desk.get(f"/board/{DAY}").text)
    assert "Anna" in text
    assert re.search(r"1 08:0\d 09:0\d Cabinet Le Gall Cabinet Le Gall, 35000 Rennes", text)
    assert re.search(r"2 09:0\d 10:0\d Boulangerie d'Argoat", text)
    assert re.search(r"Unassigned 2 .*Librairie Le Failler .* Costs more than it brings The test leaves it out", text)
    assert "Quelque part nulle part" in text
    assert "Address not located" in text
    assert day["first"]["reference"] in text


def test_board_of_a_day_without_routes_says_so(desk: Visitor, day: dict[str, Any]) -> None:
    text = words_of(desk.get("/board/2020-03-17").text)
    assert "Nobody drives on this day" in text
    assert day["first"]["reference"] not in text


def test_french_board_is_french_but_for_what_others_typed(desk: Visitor, day: dict[str, Any]) -> None:
    page = desk.get(f"/board/{DAY}", **{"Accept-Language": "fr"}).text
    text = words_of(page)
    for french in ("Tournées", "Non affectées", "2 interventions", "Coûte plus qu’elle n’apporte", "Retour"):
        assert french in text, french
    for english in ("Routes", "Unassigned", "jobs", "On the road", "Start", "Break"):
        assert english not in text.split("The test leaves")[0], english
    assert '<span class="small" lang="en">The test leaves it out.</span>' in page
    assert day["plan"]


def test_what_a_client_typed_is_text(desk: Visitor, day: dict[str, Any]) -> None:
    page = desk.get(f"/board/{DAY}").text
    assert HOSTILE not in page
    assert f"<bdi>{escape(HOSTILE, quote=False)[:9]}" in page
    assert HOSTILE in unescape(page)
    assert "<img src=x" not in page
    assert "49" not in re.findall(r"taken[^<]{0,20}", page)
    data = desk.get(f"/board/{DAY}/map.json").get_json()
    assert [stop["title"] for route in data["routes"] for stop in route["stops"] if stop["number"]].count(HOSTILE) == 1
    assert day["hostile"]


def test_map_gets_numbered_stops_with_their_line(world: World, desk: Visitor, day: dict[str, Any]) -> None:
    data = desk.get(f"/board/{DAY}/map.json").get_json()
    anna = data["routes"][0]
    assert (anna["name"], anna["initials"]) == ("Anna", "A")
    assert [(stop["type"], stop["number"]) for stop in anna["stops"]] == [
        ("start", None),
        ("job", 1),
        ("job", 2),
        ("end", None),
    ]
    assert [line["is_straight"] for line in anna["lines"]] == [True] * 3
    assert anna["lines"][0]["points"] == [[-1.6778, 48.1173], [-1.6829, 48.1126]]
    assert [out["title"] for out in data["unassigned"]] == ["Librairie Le Failler"]
    assert data["unassigned"][0]["facts"][0] == "Costs more than it brings"
    assert day["plan"] == world.dispatcher.get("/v1/plans/current").get_json()["id"]


def test_route_whose_line_is_unknown_is_drawn_straight_through_its_stops(
    desk: Visitor, day: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:

    def without_lines(day: str) -> Any:
        board = board_of(day)
        return board | {"routes": [route | {"geometry": None} for route in board["routes"]]}

    monkeypatch.setattr("api.pages.map_data.board_of", without_lines)
    anna = desk.get(f"/board/{DAY}/map.json").get_json()["routes"][0]
    (line,) = anna["lines"]
    assert line["is_straight"] is True
    assert line["points"] == [[stop["place"]["lon"], stop["place"]["lat"]] for stop in anna["stops"]]
    assert day["plan"]


def test_board_says_that_times_are_estimates_and_why(world: World, desk: Visitor, day: dict[str, Any]) -> None:
    assert "made without a road graph" in words_of(desk.get(f"/board/{DAY}").text)
    silent = create_app(replace(world.runtime, travel=Silent(), memo={}))
    down = Visitor(silent).sign_in(world.dispatcher.key).get(f"/board/{DAY}").text
    assert "The road engine does not answer" in words_of(down)
    assert day["plan"]


def a_board(*sources: str | None, ok: bool = True, plan: str = "osrm") -> dict[str, Any]:
    stops = [{"place": {"lat": 48, "lon": number}, "travel_source": source} for number, source in enumerate(sources)]
    return {"plan": {"travel_source": plan}, "travel": {"ok": ok}, "routes": [{"stops": stops}]}


@pytest.mark.parametrize(
    ("board", "mark"),
    [
        (a_board(None, "osrm", "osrm"), None),
        (a_board(None, "osrm", "formula"), "some"),
        (a_board(None, "formula", "formula", plan="formula"), "all"),
        (a_board(None, "formula", "formula", plan="mixed"), "some"),  # a day on the island; the rest had roads
        (a_board(None, None), None),
        (a_board(None), None),
        (a_board(None, "osrm", ok=False), "down"),
    ],
)
def test_mark_of_estimates(board: dict[str, Any], mark: str | None) -> None:
    assert by_formula(board) == mark


def test_what_is_no_longer_true_stands_on_the_board(world: World, desk: Visitor, day: dict[str, Any]) -> None:
    job = f"/v1/jobs/{day['second']['id']}"
    assert world.dispatcher.delete(job, match=world.dispatcher.get(job).headers["ETag"]).status_code < 300
    text = words_of(desk.get(f"/board/{DAY}").text)
    assert re.search(r"in this plan (is|are) no longer true .*Job cancelled " + day["second"]["reference"], text)


def test_board_leads_to_the_days_around_it(world: World, desk: Visitor, day: dict[str, Any]) -> None:
    assert around("2020-03-16", ["2020-03-13", "2020-03-17", "2020-03-20"]) == ("2020-03-13", "2020-03-17")
    assert around("2020-03-16", ["2020-03-16"]) == (None, None)
    page = desk.get("/board/2020-03-13").text
    assert f'href="/board/{DAY}" rel="next"' in page
    assert 'rel="prev"' not in page
    assert world.runtime.today().isoformat() == "2020-03-13"
    assert day["plan"]


def test_routes_are_told_apart_by_colour_and_pattern() -> None:
    assert len({look(number) for number in range(24)}) == 24
    assert look(0) == "hue-0 weave-0"
    assert look(9) == "hue-1 weave-1"


def test_estimated_legs_are_drawn_apart_from_those_along_roads() -> None:
    places = [(48.0, -1.0), (48.1, -1.1), (48.1, -1.1), (48.2, -1.2), (48.0, -1.0)]
    sources = [None, "osrm", None, "formula", "osrm"]
    stops = [
        {"place": {"lat": lat, "lon": lon}, "travel_source": source}
        for (lat, lon), source in zip(places, sources, strict=True)
    ]
    road = [[-1.0, 48.0], [-1.05, 48.01], [-1.1, 48.1]]
    back = [[-1.2, 48.2], [-1.15, 48.1], [-1.0, 48.0]]
    route = {"stops": stops, "geometry": {"type": "LineString", "coordinates": [*road, *back]}}
    assert lines_of(route) == [
        {"points": road, "is_straight": False},
        {"points": [[-1.1, 48.1], [-1.2, 48.2]], "is_straight": True},
        {"points": back, "is_straight": False},
    ]


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Anne-Laure Kerbrat", "AK"), ("Anna", "A"), ("Yann Guivarc'h", "YG"), ("", "?"), ("  ", "?"), ("<b> x", "X")],
)
def test_initials_stand_for_somebody(name: str, letters: str) -> None:
    assert initials(name) == letters
