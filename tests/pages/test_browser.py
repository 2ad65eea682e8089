"""The board in real Chromium. Every test fails on a console error, a dialog, or a request that leaves this machine."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.pages.conftest import DAY, HOSTILE, Served, Window, a_day

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture
def day(served: Served) -> dict[str, Any]:
    """The day's routes, on real roads."""
    return a_day(served.world)


@pytest.fixture
def page(window: Window, day: dict[str, Any]) -> Page:
    """The board, signed in, with its map."""
    assert day["plan"]
    window.sign_in()
    return window.board()


def test_routes_lie_along_streets_with_numbered_stops(page: Page) -> None:
    expect(page.locator("#map path.line")).to_have_count(2)
    for line in page.locator("#map path.line").all():
        assert (line.get_attribute("d") or "").count("L") > 12, "a route along streets has many bends"
        assert not line.get_attribute("stroke-dasharray")
    assert page.locator("#map path.street").count() >= 4
    assert page.locator("#map .mark.job").all_text_contents() == ["1", "2", "1"]
    assert page.locator("#map .mark.left-out").count() == 1
    expect(page.locator(".leaflet-control-attribution")).to_have_text("© OpenStreetMap contributors")
    assert page.locator(".warning", has_text="by formula").count() == 0


def test_clients_text_in_a_popup_is_text(page: Page) -> None:
    page.locator("#map .mark.job.hue-1").click()
    title = page.locator(".leaflet-popup .title")
    expect(title).to_have_text(HOSTILE)
    assert title.locator("*").count() == 0
    assert page.locator("img[src='x']").count() == 0
    assert "taken" not in page.title()
    expect(page.locator("#map .mark.job.hue-1")).to_have_attribute("title", HOSTILE)


def test_list_follows_the_map(page: Page) -> None:
    page.locator("#map .mark.job.hue-0").nth(1).click()
    row = page.locator("tr.chosen")
    expect(row).to_contain_text("Boulangerie d'Argoat")
    expect(row).to_be_visible()
    expect(page.locator("#map")).to_have_class(re.compile(r"\bpicked\b"))
    page.keyboard.press("Escape")


def test_map_follows_the_list_by_keyboard_alone(page: Page) -> None:
    page.locator("details.route summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#map path.line.picked.hue-0")).to_have_count(1)
    expect(page.locator("#map path.line:not(.picked)")).to_have_css("opacity", "0.18")
    page.keyboard.press("Tab")
    expect(page.locator("button.dot").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".leaflet-popup .title")).to_have_text("Cabinet Le Gall")
    page.get_by_role("button", name="Show all routes").focus()
    page.keyboard.press("Enter")
    expect(page.locator("details.route[open]")).to_have_count(0)
    expect(page.locator("#map path.line.picked")).to_have_count(0)


def test_one_route_is_open_at_a_time(page: Page) -> None:
    for number in range(2):
        page.locator("details.route summary").nth(number).click()
        expect(page.locator("details.route[open]")).to_have_count(1)
        expect(page.locator(f"#map path.line.picked.hue-{number}")).to_have_count(1)


def test_what_is_left_out_is_found_on_the_map(page: Page) -> None:
    page.get_by_role("button", name="Show on the map").click()
    expect(page.locator(".leaflet-popup .title")).to_have_text("Librairie Le Failler")
    expect(page.locator("li.chosen")).to_contain_text("Librairie Le Failler")


def test_nearer_streets_are_fetched_when_somebody_zooms_in(page: Page) -> None:
    with page.expect_response(re.compile(r"/map/roads\.geojson.*zoom=1[4-9]")) as answer:
        for _ in range(2):
            page.get_by_role("button", name="Zoom in").click()
    assert answer.value.status == 200


@pytest.mark.parametrize("window", [{"java_script_enabled": False}], indirect=True)
def test_board_without_scripts_has_the_whole_day(window: Window, day: dict[str, Any]) -> None:
    page = window.sign_in()
    page = window.open(f"/board/{DAY}")
    page.locator("details.route summary").first.click()
    expect(page.get_by_role("table").first).to_contain_text("Cabinet Le Gall")
    expect(page.locator("#map")).to_be_hidden()
    expect(page.get_by_text("The map needs JavaScript")).to_be_visible()
    assert day["plan"]


@pytest.mark.parametrize(
    "window", [{"viewport": {"width": 320, "height": 700}, "locale": "fr-FR", "has_touch": True}], indirect=True
)
def test_narrow_board_scrolls_down_only(page: Page) -> None:
    expect(page.get_by_role("heading", name="Non affectées")).to_be_visible()
    page.locator("details.route summary").first.click()
    page.evaluate(
        "() => { const days = document.querySelector('.days ul'); days.innerHTML = days.innerHTML.repeat(9); }"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    heights = page.locator("summary, .days a, .top a, button").evaluate_all(
        "all => all.filter(one => one.offsetParent).map(one => one.getBoundingClientRect().height)"
    )
    assert min(heights) >= 24


@pytest.mark.parametrize("window", [{"color_scheme": scheme} for scheme in ("light", "dark")], indirect=True)
def test_axe_finds_nothing(window: Window, day: dict[str, Any]) -> None:
    assert AXE.exists(), "make pages"
    assert_accessible(window.open("/signin?lang=fr"))
    window.sign_in()
    board = window.board()
    board.locator("details.route summary").first.click()
    board.locator("button.dot").first.click()
    assert_accessible(board)
    assert day["plan"]


def assert_accessible(page: Page) -> None:
    """No rule of WCAG 2.2 AA that axe knows is broken."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(
        "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    assert len(found["passes"]) > 20
    broken = [f"{one['id']}: {[node['html'][:150] for node in one['nodes']][:3]}" for one in found["violations"]]
    assert not broken, "\n".join(broken)
