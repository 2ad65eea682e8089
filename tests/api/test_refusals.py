"""Problems, keys, headers: what every answer has, whatever was asked."""

import logging
import sqlite3
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event

from api.app import create_app
from api.errors import BY_REFUSAL
from service.access import list_keys, revoke_key
from service.places import Match
from service.store.events import SERVICE
from tests.api.caller import Caller
from tests.api.conftest import World


def test_missing_wrong_and_revoked_keys_are_told_apart_by_nobody(world: World) -> None:
    key = next(key for key in list_keys(world.runtime, SERVICE) if key["name"] == "partner")
    assert world.other_portal.get("/v1/jobs").status_code == 200
    revoke_key(world.runtime, SERVICE, key["id"])
    answers = [
        world.other_portal.get("/v1/jobs"),
        world.nobody.get("/v1/jobs"),
        Caller(world.app, "tn_wrong").get("/v1/jobs"),
        world.nobody.get("/v1/jobs", headers={"Authorization": "Basic dXNlcjpwYXNz"}),
        world.nobody.get("/v1/jobs", headers={"Authorization": "Bearer"}),
        world.nobody.get("/v1/jobs", headers={"Authorization": "Bearer " + "x" * 10_000}),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert {answer.headers["WWW-Authenticate"] for answer in answers} == {"Bearer realm=tournee"}
    bodies = [{name: value for name, value in answer.get_json().items() if name != "request_id"} for answer in answers]
    assert all(body == bodies[0] for body in bodies)


def test_scheme_of_the_key_may_be_written_in_any_case(world: World) -> None:
    answer = world.nobody.get("/v1/kinds", headers={"Authorization": f"bearer {world.portal.key}"})
    assert answer.status_code == 200


def test_wrong_role_is_403_before_the_body_is_looked_at(world: World) -> None:
    answer = world.portal.post("/v1/technicians", {"wrong": True})
    assert (answer.status_code, answer.get_json()["type"]) == (403, "urn:tournee:problem:forbidden")


def test_missing_and_somebody_elses_are_the_same_404(world: World) -> None:
    other = world.post_job(world.other_portal)
    answers = [world.portal.get(f"/v1/jobs/{name}") for name in (other["id"], "job_nowhere")]
    assert {answer.status_code for answer in answers} == {404}
    bodies = [set(answer.get_json().items()) for answer in answers]
    assert {name for name, _ in bodies[0] ^ bodies[1]} == {"instance", "request_id"}


def test_unknown_address_and_method_are_problems(world: World) -> None:
    assert world.nobody.get("/nowhere").status_code == 404
    answer = world.dispatcher.put("/v1/jobs", {})
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_no_plan_has_its_own_code(world: World) -> None:
    answer = world.dispatcher.get("/v1/plans/current")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "no_plan")


def reopen_with(world: World, pragma: str) -> None:
    """Give every connection of the world a pragma."""
    engine = world.runtime.database.engine
    engine.dispose()
    event.listen(engine, "connect", lambda connection, _: connection.execute(f"PRAGMA {pragma}"))


def test_held_database_is_503_for_writers_and_open_for_readers(world: World, sqlite_url: str) -> None:
    reopen_with(world, "busy_timeout=50")
    another = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    another.execute("BEGIN IMMEDIATE")
    refused = world.portal.post("/v1/jobs", world.job())
    assert (refused.status_code, refused.get_json()["type"]) == (503, "urn:tournee:problem:busy")
    assert refused.headers["Retry-After"] == "1"
    assert world.portal.get("/v1/jobs").get_json()["items"] == []
    another.close()
    assert world.portal.post("/v1/jobs", world.job()).status_code == 201


def test_full_disk_is_503_for_writers_and_open_for_readers(world: World) -> None:
    with world.runtime.database.read() as session:
        pages = session.connection().exec_driver_sql("PRAGMA page_count").scalar_one()
    reopen_with(world, f"max_page_count={pages + 2}")
    answers = [world.portal.post("/v1/jobs", world.job(description="x" * 4000)) for _ in range(5)]
    kept = sum(answer.status_code == 201 for answer in answers)
    refused = answers[-1]
    assert (refused.status_code, refused.get_json()["type"]) == (503, "urn:tournee:problem:storage-full")
    assert refused.headers["Retry-After"] == "5"
    assert len(world.portal.get("/v1/jobs").get_json()["items"]) == kept


def test_database_that_is_gone_is_503_and_the_process_lives(world: World, sqlite_url: str) -> None:
    world.runtime.database.close()
    Path(sqlite_url.removeprefix("sqlite:///")).unlink()
    refused = world.portal.get("/v1/jobs")
    assert (refused.status_code, refused.get_json()["type"]) == (503, "urn:tournee:problem:unavailable")
    assert world.nobody.get("/livez").get_json() == {"alive": True}
    assert world.nobody.get("/readyz").status_code == 503


class BrokenGeocoder:
    """Fails in a way that nobody thought of."""

    def locate(self, address: str) -> Match:
        """Never answers."""
        raise RuntimeError(f"secret detail about {address}")


def test_unexpected_failure_shows_no_trace(world: World, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(replace(world.runtime, places=BrokenGeocoder()))
    with caplog.at_level(logging.ERROR):
        answer = Caller(app, world.portal.key).post("/v1/jobs", world.job(site={"address": "private"}))
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "private" not in answer.text
    assert world.portal.get("/v1/jobs").get_json()["items"] == []


def test_most_special_refusal_is_asked_first() -> None:
    """A table that is read from top to bottom must not hide a case behind a wider one."""
    kinds = [kind for kind, _ in BY_REFUSAL]
    for index, kind in enumerate(kinds):
        assert not any(issubclass(later, kind) for later in kinds[index + 1 :])


@pytest.mark.parametrize("path", ["/v1/jobs", "/v1/kinds", "/livez", "/openapi.json", "/nowhere", "/docs"])
def test_every_answer_has_the_headers(world: World, path: str) -> None:
    headers = world.portal.get(path).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert len(headers["X-Request-ID"]) == 32


def test_request_id_is_the_callers_trace(world: World) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    answer = world.portal.get("/v1/kinds", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
    assert answer.headers["X-Request-ID"] == trace
    assert world.portal.get("/v1/kinds", headers={"traceparent": "nonsense"}).headers["X-Request-ID"] != trace


def test_head_and_options_are_sane(world: World) -> None:
    job = world.post_job()
    head = world.portal.request("HEAD", f"/v1/jobs/{job['id']}")
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == f'"{job["revision"]}"'
    options = world.nobody.request("OPTIONS", "/v1/jobs")
    assert options.status_code == 200
    assert set(options.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_application_is_built_for_any_runtime(world: World) -> None:
    """Two applications in one process do not share anything."""
    another = create_app(world.runtime)
    assert isinstance(another, Flask)
    assert Caller(another, world.portal.key).get("/v1/kinds").status_code == 200


@pytest.mark.parametrize(("size", "left"), [(300_000, 0), (5_000_000, 3_000_000)])
def test_body_of_an_early_refusal_is_read(world: World, size: int, left: int) -> None:
    """What stays in the connection would be taken for the next request; who sends too much is cut off."""
    body = BytesIO(b"x" * size)
    refused = world.nobody.post(
        "/v1/jobs", input_stream=body, content_length=size, environ_overrides={"wsgi.input_terminated": True}
    )
    assert refused.status_code == 401
    assert size - body.tell() == left
