"""Health, metrics, version, and the description with its viewer."""

import re

import yaml

from api import VERSION
from service.places import NoGeocoder
from service.runtime import Runtime
from service.settings import Settings
from service.solving.beats import Heart
from service.store.database import Database
from service.travel import FormulaTravel
from tests.api.conftest import NOW, World


def test_service_is_ready_when_everything_is_there(world: World) -> None:
    missing = world.nobody.get("/readyz")
    assert missing.status_code == 503
    assert [check["check"] for check in missing.get_json()["failing"]] == ["supervisor"]
    Heart(world.runtime).beat()
    ready = world.nobody.get("/readyz")
    assert ready.status_code == 200
    assert {check["check"] for check in ready.get_json()["checks"]} >= {"database", "migrations", "supervisor", "disk"}


def test_metrics_count_requests_by_route_and_runs_by_status(world: World) -> None:
    job = world.post_job()
    for _ in range(2):
        world.portal.get(f"/v1/jobs/{job['id']}")
    world.nobody.get("/v1/jobs/unknown/nowhere")
    world.nobody.request("MADEUP", "/v1/jobs")
    answer = world.dispatcher.get("/metrics")
    assert answer.mimetype == "text/plain"
    text = answer.get_data(as_text=True)
    assert 'http_requests_total{method="GET",route="/v1/jobs/<id:job>",status="200"} 2.0' in text
    assert 'http_requests_total{method="GET",route="none",status="404"} 1.0' in text
    assert 'http_request_duration_seconds_count{method="POST",route="/v1/jobs"} 1.0' in text
    assert 'tournee_runs{status="queued"} 1.0' in text
    assert 'tournee_travel_degraded{engine="formula"} 0.0' in text
    assert 'method="other",route="none",status="405"' in text
    assert "MADEUP" not in text
    assert job["id"] not in text
    assert world.nobody.get("/metrics").status_code == 401
    assert world.portal.get("/metrics").status_code == 403


def test_version_is_told_to_those_with_a_key(world: World) -> None:
    assert world.anna.get("/version").get_json() == {"version": VERSION}
    assert world.nobody.get("/version").status_code == 401


def test_description_is_served_as_yaml_and_json(world: World) -> None:
    as_yaml = yaml.safe_load(world.nobody.get("/openapi.yaml").text)
    as_json = world.nobody.get("/openapi.json").get_json()
    assert as_yaml == as_json
    assert as_json["openapi"] == "3.1.0"


def test_viewer_asks_nobody_else(world: World) -> None:
    page = world.nobody.get("/docs")
    assert page.mimetype == "text/html"
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    assert "://" not in page.text
    assert not re.search(r"<script(?![^>]*\bsrc=)|\bon\w+=|style=", page.text)
    for asset in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert world.nobody.get(asset).status_code == 200, asset
    assert "://" not in world.nobody.get("/docs/start.js").text
    assert world.nobody.get("/docs/swagger-ui.js.map").status_code == 404


def test_viewer_gets_a_version_that_it_can_read(world: World) -> None:
    found = world.nobody.get("/docs/openapi.json")
    description = found.get_json()
    assert description["openapi"].startswith("3.0.")
    assert '"null"' not in found.text
    assert "contentMediaType" not in found.text
    deadline = description["components"]["schemas"]["JobIn"]["properties"]["deadline"]
    assert (deadline["type"], deadline["nullable"]) == ("string", True)


def test_answers_speak_of_the_settings_zone(sqlite_url: str, world: World) -> None:
    database = Database(sqlite_url)
    elsewhere = Runtime(
        Settings(database_url=sqlite_url, timezone="America/Martinique"),
        database,
        FormulaTravel(),
        NoGeocoder(),
        now=lambda: NOW,
    )
    world.app.extensions["tournee"] = type(world.app.extensions["tournee"])(
        elsewhere, world.app.extensions["tournee"].cursors
    )
    window = {"earliest": "2020-03-17T03:00:00Z", "latest": "2020-03-17T03:30:00Z"}
    job = world.post_job(dates=["2020-03-16"], time_windows=[window])
    assert job["time_windows"][0]["earliest"] == "2020-03-16T23:00:00-04:00"
    database.close()
