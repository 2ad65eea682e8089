"""The pages on a fresh database with one day of routes, and a real browser before a real server."""

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from api.app import create_app
from api.pages import files
from api.pages.board import LEAFLET
from service.runtime import Runtime, real_now
from service.settings import Settings
from service.store.database import Database
from service.travel import travel_from
from tests.api.conftest import World, build_world
from tests.api.proposals import publish

DAY = "2020-03-16"

HOSTILE = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>{{7*7}}"
"""What a client might call itself."""

OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    """The application on SQLite, without roads."""
    database = Database(sqlite_url)
    yield build_world(database)
    database.close()


class Visitor:
    """Somebody with a browser of the simplest kind."""

    def __init__(self, app: Flask, **headers: str) -> None:
        self.client: FlaskClient = app.test_client()
        self.headers = headers

    def get(self, path: str, **headers: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path, headers=self.headers | headers, buffered=True)

    def post(self, path: str, form: dict[str, str] | None = None, **headers: str) -> TestResponse:
        """Send a form of ours."""
        return self.client.post(path, data=form or {}, headers=self.headers | OWN | headers, buffered=True)

    def sign_in(self, key: str | None) -> "Visitor":
        """The same, signed in."""
        assert self.post("/signin", {"key": key or ""}).status_code == 303
        return self


@pytest.fixture
def visitor(world: World) -> Visitor:
    """Nobody yet."""
    return Visitor(world.app)


@pytest.fixture
def desk(world: World) -> Visitor:
    """The dispatcher, signed in."""
    return Visitor(world.app).sign_in(world.dispatcher.key)


def a_day(world: World) -> dict[str, Any]:
    """Anna has two stops on Monday, Bert one at a client with a hostile name; one job stays out, one has no place."""

    def job(name: str, lat: float, lon: float, **changes: Any) -> dict[str, Any]:
        site = {"address": f"{name}, 35000 Rennes", "lat": lat, "lon": lon, "security_appliance": False}
        return world.post_job(client={"name": name}, site=site, dates=[DAY], **changes)

    jobs = {
        "first": job("Cabinet Le Gall", 48.1126, -1.6829),
        "second": job("Boulangerie d'Argoat", 48.1045, -1.6722),
        "hostile": job(HOSTILE, 48.1089, -1.6571),
        "out": job("Librairie Le Failler", 48.1101, -1.6792),
        "lost": world.post_job(
            client={"name": "Quelque part"}, site={"address": "nulle part", "security_appliance": False}, dates=[DAY]
        ),
    }
    routes = {
        world.technicians["anna"]: [jobs["first"]["id"], jobs["second"]["id"]],
        world.technicians["bert"]: [jobs["hostile"]["id"]],
    }
    return jobs | {"plan": publish(world, routes)}


# ---- roads ----


@pytest.fixture
def road_world(sqlite_url: str, rennes_roads: Path) -> Iterator[World]:
    """The application with real roads, of one slot."""
    database = Database(sqlite_url)
    world = build_world(database)
    settings = replace(world.runtime.settings, roads=rennes_roads, traffic="off", travel_timeout_s=30)
    runtime = with_roads(world.runtime, settings)
    app = create_app(runtime)
    callers = {name: replace(getattr(world, name), app=app) for name in ("portal", "dispatcher", "anna", "admin")}
    yield replace(world, runtime=runtime, app=app, **callers)
    runtime.travel.close()  # type: ignore[attr-defined]
    database.close()


def with_roads(runtime: Runtime, settings: Settings) -> Runtime:
    """The same, driving on those roads."""
    return replace(runtime, settings=settings, travel=travel_from(settings, runtime.database, real_now), memo={})


# ---- a real browser ----

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium of the machine; without it, or without the scripts of set-up, browser tests skip outside CI."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    missing = None if found else "no chromium on this machine (Debian: apt-get install chromium)"
    if not all(files.is_there(name) for name in LEAFLET):
        missing = "the scripts of the pages are not there: make pages"
    if missing:
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield browser
        browser.close()


@dataclass(frozen=True)
class Served:
    """An application behind a port of this machine."""

    world: World
    url: str


@pytest.fixture
def served(road_world: World) -> Iterator[Served]:
    """The application with roads, listening."""
    server = make_server("127.0.0.1", 0, road_world.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Served(road_world, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()


class Window:
    """A browser window that keeps what went wrong in it."""

    def __init__(self, context: BrowserContext, served: Served) -> None:
        self.served = served
        self.page: Page = context.new_page()
        self.page.set_default_timeout(15_000)
        self.faults: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("dialog", lambda dialog: self.faults.append(dialog.message))
        self.page.on("request", self._see)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(message.text)

    def _see(self, request: Request) -> None:
        self.asked.append(request.url)

    def open(self, path: str) -> Page:
        """Go to a page."""
        self.page.goto(self.served.url + path)
        return self.page

    def sign_in(self) -> Page:
        """Sign in as the dispatcher, through the form."""
        page = self.open("/signin")
        page.fill("#key", self.served.world.dispatcher.key or "")
        page.press("#key", "Enter")
        page.wait_for_url("**/board/*")
        return page

    def board(self) -> Page:
        """The board of the day, with its map drawn."""
        page = self.open(f"/board/{DAY}")
        page.wait_for_selector("#map[data-state=drawn]")
        page.wait_for_selector("#map path.street", state="attached")
        return page


@pytest.fixture
def window(chromium: Browser, served: Served, request: pytest.FixtureRequest) -> Iterator[Window]:
    """A window; parametrised indirectly with options of the browser's context."""
    options = {"locale": "en-GB", "reduced_motion": "reduce", **getattr(request, "param", {})}
    context = chromium.new_context(**options)
    made = Window(context, served)
    yield made
    context.close()
    assert not made.faults, made.faults
    strangers = [url for url in made.asked if not url.startswith((served.url, "data:"))]
    assert not strangers, strangers
