"""What all pages promise: who sees them, headers, languages, errors, files."""

import gzip
import re
from dataclasses import replace
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from api.app import create_app
from api.openapi import bare_app
from api.pages import files
from api.pages.policy import policy
from api.pages.visitor import screen_of
from tests.api.conftest import World
from tests.pages.conftest import DAY, Visitor

PAGES = [rule for rule in bare_app().url_map.iter_rules() if rule.endpoint.startswith("pages.")]

OPEN = {"/signin", "/signout", "/static/<path:name>"}
"""What anybody may ask for."""


def directives(answer: TestResponse) -> dict[str, str]:
    parts = (part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    return {part[0]: part[1] for part in parts}


def test_pages_are_closed_unless_they_say_otherwise() -> None:
    app = bare_app()
    open_pages = {rule.rule for rule in PAGES if not screen_of(app.view_functions[rule.endpoint]).allowed}
    assert open_pages == OPEN
    assert len(PAGES) >= 8


def test_every_closed_page_turns_a_stranger_away(world: World) -> None:
    for rule in PAGES:
        if rule.rule in OPEN:
            continue
        _, path = rule.build({"day": DAY}, append_unknown=False) or ("", "")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answer = world.app.test_client().open(path, method=method, headers={"Sec-Fetch-Site": "same-origin"})
            assert answer.status_code == (401 if path.endswith("json") else 302), path
            assert DAY not in answer.text.replace(f"next=/board/{DAY}", "").replace(path, "")


@pytest.mark.parametrize("path", ["/signin", f"/board/{DAY}", "/board/never", "/static/none.css"])
def test_pages_run_nothing_but_our_own_files(desk: Visitor, path: str) -> None:
    answer = desk.get(path)
    found = directives(answer)
    assert found["default-src"] == "'none'"
    assert found["frame-ancestors"] == "'none'"
    assert found.get("script-src", "'self'") == "'self'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    if path != "/static/none.css":
        assert answer.headers["Cache-Control"] == "no-store"
        assert not re.search(r"<script(?![^>]* src=)|\son\w+=|\sstyle=|javascript:", answer.text)


@pytest.mark.parametrize(
    ("tiles", "images"),
    [
        ("", "'self' data:"),
        ("https://tiles.example.org/{z}/{x}/{y}.png", "'self' data: https://tiles.example.org"),
        ("https://{s}.tile.example.org:8443/{z}/{x}/{y}.png", "'self' data: https://*.tile.example.org:8443"),
        ("https://x.example; script-src *//{z}", "'self' data:"),
        ("javascript:alert(1)", "'self' data:"),
        ("//tiles.example.org/{z}", "'self' data:"),
    ],
)
def test_policy_lets_in_pictures_of_the_tile_server_only(tiles: str, images: str) -> None:
    assert f"img-src {images}; connect-src" in policy(tiles)


def test_page_says_which_language_it_is_in(world: World, desk: Visitor) -> None:
    french = desk.get(f"/board/{DAY}", **{"Accept-Language": "fr-FR,fr;q=0.9,en;q=0.5"})
    assert french.headers["Content-Language"] == "fr"
    assert '<html lang="fr">' in french.text
    assert "lundi 16 mars 2020" in french.text
    assert {"Accept-Language", "Cookie"} <= set(french.vary)
    german = desk.get(f"/board/{DAY}", **{"Accept-Language": "de"})
    assert german.headers["Content-Language"] == "en"
    assert world.runtime.zone.key == "Europe/Paris"


def test_switch_comes_before_the_browser_and_is_remembered(visitor: Visitor) -> None:
    assert '<html lang="fr">' in visitor.get("/signin?lang=fr", **{"Accept-Language": "en"}).text
    assert '<html lang="fr">' in visitor.get("/signin", **{"Accept-Language": "en"}).text
    assert '<html lang="en">' in visitor.get("/signin?lang=en").text
    assert '<html lang="en">' in visitor.get("/signin?lang=xx", **{"Accept-Language": "fr"}).text


@pytest.mark.parametrize("day", ["never", "2020-02-30", "2020-3-16", "1999-12-31", "2020-03-16T00:00", "20200316"])
def test_day_that_is_none_is_a_page_that_is_not_there(desk: Visitor, day: str) -> None:
    answer = desk.get(f"/board/{day}", **{"Accept-Language": "fr"})
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert "Cette page n’existe pas" in answer.text
    data = desk.get(f"/board/{day}/map.json")
    assert (data.status_code, data.mimetype) == (404, "application/problem+json")


def test_failure_is_a_page_with_a_number_to_quote(world: World, desk: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.pages.board.day_board", lambda *_: 1 // 0)
    answer = desk.get(f"/board/{DAY}")
    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] in answer.text
    assert "ZeroDivision" not in answer.text
    assert desk.get(f"/board/{DAY}/map.json").mimetype == "application/problem+json"
    assert world.app.testing is False


# ---- files ----


def test_file_may_be_kept_for_ever_under_its_version_only(visitor: Visitor) -> None:
    address = files.address_of("board.css")
    assert "immutable" in visitor.get(address).headers["Cache-Control"]
    assert visitor.get("/static/board.css").headers["Cache-Control"] == "no-cache"
    assert visitor.get("/static/board.css?v=older").headers["Cache-Control"] == "no-cache"
    tag = visitor.get("/static/board.css").headers["ETag"]
    assert visitor.get("/static/board.css", **{"If-None-Match": tag}).status_code == 304


def test_file_is_sent_short_to_those_who_can_unpack_it(visitor: Visitor) -> None:
    plain = visitor.get("/static/board.js")
    zipped = visitor.get("/static/board.js", **{"Accept-Encoding": "gzip"})
    assert gzip.decompress(zipped.data) == plain.data
    assert len(zipped.data) < len(plain.data) / 2
    assert visitor.get("/static/board.js", **{"Accept-Encoding": "gzip;q=0"}).data == plain.data


@pytest.mark.parametrize(
    "name", ["../shell.py", "..%2fshell.py", "/etc/passwd", "vendor/ready", "board.css/", "vendor", "%00", "x" * 300]
)
def test_nothing_but_files_for_pages_is_given_out(visitor: Visitor, name: str) -> None:
    assert visitor.get(f"/static/{name}").status_code == 404


def test_pages_stay_light(desk: Visitor) -> None:
    own = sum(len(gzip.compress((files.STATIC / name).read_bytes())) for name in ("board.js", "board.css", "pages.css"))
    assert own < 40_000
    page = desk.get(f"/board/{DAY}", **{"Accept-Encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"
    assert len(page.data) < 20_000


def test_board_without_the_scripts_of_others_still_has_its_list(
    world: World, desk: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in files.STATIC.glob("*.*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.setattr(files, "STATIC", tmp_path)
    answer = desk.get(f"/board/{DAY}")
    assert answer.status_code == 200
    assert "make pages" in answer.text
    assert "leaflet" not in answer.text
    assert world.runtime.settings.tiles_url == ""


def test_tiles_of_the_settings_reach_the_map(world: World) -> None:
    settings = replace(
        world.runtime.settings, tiles_url="https://t.example/{z}/{x}/{y}.png", tiles_attribution="<b>T</b> & co"
    )
    visitor = Visitor(create_app(replace(world.runtime, settings=settings))).sign_in(world.dispatcher.key)
    text = visitor.get(f"/board/{DAY}").text
    assert 'data-tiles="https://t.example/{z}/{x}/{y}.png"' in text
    assert 'data-attribution="&lt;b&gt;T&lt;/b&gt; &amp; co"' in text
