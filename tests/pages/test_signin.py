"""Signing in, staying so, and being turned away."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from api.app import create_app
from api.pages.attempts import MOST, WITHIN_S, Attempts
from api.pages.origin import is_foreign
from service.access import list_keys, revoke_key
from service.runtime import real_now
from service.sessions import LASTS
from service.store.events import SERVICE
from tests.api.conftest import World
from tests.pages.conftest import DAY, OWN, Visitor


def cookie_of(answer_headers: list[str]) -> str:
    return next(line for line in answer_headers if "tournee=" in line)


def test_page_asks_for_a_key_and_leads_back_to_what_was_wanted(world: World, visitor: Visitor) -> None:
    turned = visitor.get(f"/board/{DAY}")
    assert (turned.status_code, turned.location) == (302, f"/signin?next=/board/{DAY}")
    assert f'value="/board/{DAY}"' in visitor.get(turned.location or "").text
    entered = visitor.post("/signin", {"key": f" {world.dispatcher.key} ", "next": f"/board/{DAY}"})
    assert (entered.status_code, entered.location) == (303, f"/board/{DAY}")
    assert visitor.get(f"/board/{DAY}").status_code == 200


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "/board\n/x", "javascript:alert(1)", ""]
)
def test_sign_in_leads_to_pages_of_ours_only(world: World, visitor: Visitor, wanted: str) -> None:
    entered = visitor.post("/signin", {"key": world.dispatcher.key or "", "next": wanted})
    assert entered.location == "/board"


def test_board_of_today_is_that_of_the_business_clock(desk: Visitor) -> None:
    assert desk.get("/board").location == "/board/2020-03-13"


def test_cookie_is_out_of_reach_of_scripts_and_other_sites(world: World, visitor: Visitor) -> None:
    plain = visitor.post("/signin", {"key": world.dispatcher.key or ""})
    cookie = cookie_of(plain.headers.getlist("Set-Cookie"))
    assert cookie.startswith("tournee=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert f"Max-Age={LASTS.total_seconds():.0f}" in cookie
    assert str(world.dispatcher.key) not in str(plain.headers)


@pytest.mark.parametrize("behind_proxy", [True, False])
def test_cookie_over_https_belongs_to_this_host_alone(world: World, behind_proxy: bool) -> None:
    settings = replace(world.runtime.settings, public_url="https://plan.example.org" if behind_proxy else "")
    visitor = Visitor(create_app(replace(world.runtime, settings=settings)))
    scheme = "http" if behind_proxy else "https"
    entered = visitor.client.post(
        "/signin", data={"key": world.dispatcher.key}, headers=OWN, base_url=f"{scheme}://localhost"
    )
    cookie = cookie_of(entered.headers.getlist("Set-Cookie"))
    assert cookie.startswith("__Host-tournee=")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


@pytest.mark.parametrize(("who", "status"), [("portal", 403), ("anna", 403), ("nobody", 401), ("admin", 303)])
def test_pages_are_for_those_who_plan(world: World, visitor: Visitor, who: str, status: int) -> None:
    answer = visitor.post("/signin", {"key": getattr(world, who).key or "tn_wrong"})
    assert answer.status_code == status
    assert visitor.get("/board/2020-03-16").status_code == (200 if status == 303 else 302)
    if status != 303:
        assert 'role="alert"' in answer.text
        assert not any("tournee=" in line for line in answer.headers.getlist("Set-Cookie"))


def test_signing_out_ends_the_session_on_the_server_too(world: World, desk: Visitor) -> None:
    kept = desk.client.get_cookie("tournee")
    assert kept is not None
    assert desk.post("/signout").location == "/signin"
    assert desk.client.get_cookie("tournee") is None
    thief = Visitor(world.app)
    thief.client.set_cookie("tournee", kept.value)
    assert thief.get(f"/board/{DAY}").status_code == 302


def test_revoked_key_closes_its_pages_at_once(world: World, desk: Visitor) -> None:
    key = next(key["id"] for key in list_keys(world.runtime, SERVICE) if key["name"] == "desk")
    assert desk.get(f"/board/{DAY}").status_code == 200
    revoke_key(world.runtime, SERVICE, key)
    assert desk.get(f"/board/{DAY}").status_code == 302
    assert desk.get(f"/board/{DAY}/map.json").status_code == 401


def test_session_ends_after_a_long_day(world: World, desk: Visitor) -> None:
    kept = desk.client.get_cookie("tournee")
    assert kept is not None
    tomorrow = replace(world.runtime, real_now=lambda: real_now() + LASTS + timedelta(seconds=1))
    late = Visitor(create_app(tomorrow))
    late.client.set_cookie("tournee", kept.value)
    assert late.get(f"/board/{DAY}").status_code == 302


def test_cookie_opens_no_door_of_the_api(desk: Visitor) -> None:
    assert desk.get("/v1/plans/current").status_code == 401


@pytest.mark.parametrize("key", ["", " ", "x" * 100_000, "é\ud83d", "<script>", "\x00"])
def test_any_text_for_a_key_is_refused_with_the_same_words(visitor: Visitor, key: str) -> None:
    answer = visitor.post("/signin", {"key": key.encode("utf-8", "surrogatepass").decode("latin-1")})
    assert answer.status_code == 401
    assert re.findall(r'role="alert">([^<]+)<', answer.text) == [
        "Nobody has this key. Paste it whole; perhaps it was revoked."
    ]


# ---- other sites ----


@pytest.mark.parametrize(
    ("headers", "is_let_in"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, False),
        ({"Origin": "http://localhost"}, True),
        ({"Origin": "https://plan.example.org"}, True),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
    ],
)
def test_forms_of_other_sites_are_turned_away(world: World, headers: dict[str, str], is_let_in: bool) -> None:
    settings = replace(world.runtime.settings, public_url="https://plan.example.org")
    client = create_app(replace(world.runtime, settings=settings)).test_client()
    status = client.post("/signin", data={"key": "tn_wrong"}, headers=headers).status_code
    assert status == (401 if is_let_in else 403)


def test_empty_public_address_is_no_origin(world: World) -> None:
    with world.app.test_request_context("/signin", method="POST", headers={"Origin": "null"}):
        from flask import request  # noqa: PLC0415

        assert is_foreign(request, "")


def test_page_on_an_open_line_says_so(world: World) -> None:
    client = world.app.test_client()
    open_line = client.get("/signin", base_url="http://plan.example.org").text
    assert "not encrypted" in open_line
    for here in ("http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080", "https://plan.example.org"):
        assert "not encrypted" not in client.get("/signin", base_url=here).text


# ---- how often ----


def test_eleventh_attempt_of_a_minute_waits(world: World, visitor: Visitor) -> None:
    answers = [visitor.post("/signin", {"key": "tn_wrong"}) for _ in range(MOST + 1)]
    assert [answer.status_code for answer in answers] == [401] * MOST + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= WITHIN_S
    assert visitor.post("/signin", {"key": world.dispatcher.key or ""}).status_code == 429


def test_attempts_are_counted_by_address_and_forgotten() -> None:
    now = 0.0
    attempts = Attempts(lambda: now)
    assert [attempts.wait_s("192.0.2.1") for _ in range(MOST + 1)] == [0] * MOST + [60]
    assert attempts.wait_s("192.0.2.2") == 0
    now = 59.5
    assert attempts.wait_s("192.0.2.1") == 1
    now = 60.5
    assert attempts.wait_s("192.0.2.1") == 0


def test_addresses_of_one_ipv6_network_count_together() -> None:
    attempts = Attempts(lambda: 0.0)
    waits = [attempts.wait_s(f"2001:db8::{number}") for number in range(MOST + 1)]
    assert waits[-1] > 0
    assert attempts.wait_s("2001:db8:0:1::1") == 0
    assert attempts.wait_s("no address") == 0
