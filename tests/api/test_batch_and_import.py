"""Many jobs at once: batches and spreadsheets."""

from io import BytesIO
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.caller import Caller, faults
from tests.api.conftest import World

HEADER = "external_ref;client.name;site.address;site.lat;site.lon;kind;dates;priority"
ROW = 'a-1;Cabinet Le Gall;"4 rue Leperdit; Rennes";48,1126;-1,6829;wifi_trouble;2020-03-16 2020-03-17;70'


def jobs_of(world: World) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = world.portal.get("/v1/jobs").get_json()["items"]
    return items


def send(caller: Caller, text: str | bytes, query: str = "", **options: Any) -> TestResponse:
    return caller.post(f"/v1/jobs:import{query}", data=text, content_type="text/csv", **options)


def test_batch_is_all_or_nothing(world: World) -> None:
    answer = world.portal.post("/v1/jobs:batch", {"jobs": [world.job(external_ref=f"b-{n}") for n in range(3)]})
    assert answer.status_code == 201
    assert [job["external_ref"] for job in answer.get_json()["items"]] == ["b-0", "b-1", "b-2"]
    mixed = [world.job(), world.job(kind="no_such_kind"), world.job(external_ref="b-1")]
    assert faults(world.portal.post("/v1/jobs:batch", {"jobs": mixed})) == {
        ("not_found", "/jobs/1/kind"),
        ("conflict", "/jobs/2/external_ref"),
    }
    assert len(jobs_of(world)) == 3


def test_batch_names_faults_of_every_job(world: World) -> None:
    bad = [world.job(), world.job(site={"lat": 91, "lon": 0}), world.job(), world.job(client={})]
    assert faults(world.portal.post("/v1/jobs:batch", {"jobs": bad})) == {
        ("too_large", "/jobs/1/site/lat"),
        ("required", "/jobs/3/client/name"),
    }


def test_partial_batch_keeps_the_good_ones(world: World) -> None:
    world.post_job(external_ref="b-1")
    mixed = [world.job(), world.job(kind="no_such_kind"), world.job(external_ref="b-1"), world.job(priority=101)]
    answer = world.portal.post("/v1/jobs:batch?partial=1", {"jobs": mixed})
    assert answer.status_code == 207
    entries = answer.get_json()["items"]
    assert [entry["status"] for entry in entries] == [201, 422, 409, 422]
    assert entries[0]["job"]["id"]
    assert entries[1]["errors"][0]["pointer"] == "/kind"
    assert entries[3]["errors"][0]["pointer"] == "/priority"
    assert len(jobs_of(world)) == 2


@pytest.mark.parametrize("count", [0, 501])
def test_batch_has_a_size(world: World, count: int) -> None:
    code = "required" if count == 0 else "too_long"
    assert faults(world.portal.post("/v1/jobs:batch", {"jobs": [world.job()] * count})) == {(code, "/jobs")}


def test_file_is_read_with_semicolons_and_a_mark(world: World) -> None:
    answer = send(world.portal, b"\xef\xbb\xbf" + f"{HEADER}\r\n{ROW}\r\n\r\n".encode())
    assert answer.status_code == 201
    assert answer.get_json() == {"rows": 1, "created": 1, "dry_run": False, "errors": []}
    (job,) = jobs_of(world)
    assert job["site"]["address"] == "4 rue Leperdit; Rennes"
    assert (job["site"]["lat"], job["dates"], job["priority"]) == (48.1126, ["2020-03-16", "2020-03-17"], 70)


def test_every_column_is_read(world: World) -> None:
    for sku in ("laptop", "mouse"):
        world.dispatcher.put(f"/v1/items/{sku}", {})
    cells = {
        "external_ref": "a-1",
        "client.ref": "C-1",
        "client.name": "A",
        "client.phone": "0299",
        "client.email": "a@example.org",
        "site.ref": "C-1/1",
        "site.address": "here",
        "site.lat": "48.1",
        "site.lon": "-1.6",
        "site.security_appliance": "non",
        "site.access_notes": "code",
        "kind": "wifi_trouble",
        "description": '"two\nlines"',
        "service_s": "3600",
        "skills": "network:2 telephony",
        "priority": "10",
        "dates": "2020-03-16",
        "time_windows": "2020-03-16T09:00:00+01:00/2020-03-16T12:00:00+01:00",
        "deadline": "2020-03-18T18:00:00+01:00",
        "items": "laptop:2 mouse",
        "technicians.required": world.technicians["anna"],
        "technicians.preferred": "",
        "technicians.forbidden": world.technicians["bert"],
        "people": "1",
    }
    assert send(world.portal, ",".join(cells) + "\n" + ",".join(cells.values()) + "\n").status_code == 201
    (job,) = jobs_of(world)
    assert job["skills"] == [{"name": "network", "level": 2}, {"name": "telephony", "level": 1}]
    assert job["items"] == [{"sku": "laptop", "quantity": 2}, {"sku": "mouse", "quantity": 1}]
    assert job["technicians"]["forbidden"] == [world.technicians["bert"]]
    assert (job["site"]["security_appliance"], job["description"]) == (False, "two\nlines")
    assert job["deadline"] == cells["deadline"]


BAD = f"""{HEADER}
a-1;A;here;;;wifi_trouble;;50
a-2;;"two
lines";;;wifi_trouble;;50

a-3;C;;95;west;nothing;16/03/2020;high
a-4;D;here;;;wifi_trouble;;50;;
a-1;E;here;;;wifi_trouble;;50
"""


def test_rows_that_cannot_be_are_named_by_line_and_nothing_is_kept(world: World) -> None:
    expected = {
        (3, "/client/name", "required"),
        (6, "/site/lat", "too_large"),
        (6, "/site/lon", "wrong_type"),
        (6, "/dates/0", "bad_format"),
        (6, "/priority", "wrong_type"),
        (7, "", "too_long"),
        (8, "/external_ref", "conflict"),
    }
    tried = send(world.portal, BAD, "?dry_run=1")
    assert tried.status_code == 201
    found = tried.get_json()
    assert {(fault["line"], fault["pointer"], fault["code"]) for fault in found["errors"]} == expected
    assert (found["rows"], found["created"]) == (5, 0)
    refused = send(world.portal, BAD)
    assert faults(refused) == {(code, f"/rows/{line}{pointer}") for line, pointer, code in expected}
    assert jobs_of(world) == []


def test_dry_run_of_a_good_file_keeps_nothing(world: World) -> None:
    assert send(world.portal, f"{HEADER}\n{ROW}\n", "?dry_run=1").get_json()["errors"] == []
    assert jobs_of(world) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "required"),
        (HEADER, "required"),
        ("name;kind\nA;b\n", "unknown_field"),
        ("kind;kind\nA;b\n", "conflict"),
        ("kind\n" + "a\n" * 10_001, "too_long"),
    ],
)
def test_file_without_sense_is_refused(world: World, text: str, code: str) -> None:
    assert {found for found, _ in faults(send(world.portal, text))} == {code}


@pytest.mark.parametrize("text", [b"\xff\xfe", b"kind\n\x00\n", b'kind\n"open', "kind\n" + "x" * 200_000])
def test_file_that_is_no_csv_is_unreadable(world: World, text: bytes | str) -> None:
    assert send(world.portal, text).status_code == 400


def test_file_may_have_ten_megabytes(world: World) -> None:
    header = "client.name;site.address;kind;description\n"
    row = "A;here;wifi_trouble;" + "x" * 3900 + "\n"
    assert send(world.portal, header + row * 400, "?dry_run=1").status_code == 201
    assert send(world.portal, header + row * 2600).status_code == 413


def test_file_is_sent_by_a_form_too(world: World) -> None:
    form = {"file": (BytesIO(f"{HEADER}\n{ROW}\n".encode()), "jobs.csv")}
    answer = world.portal.post("/v1/jobs:import", data=form, content_type="multipart/form-data")
    assert answer.status_code == 201
    assert len(jobs_of(world)) == 1
    nothing = world.portal.post("/v1/jobs:import", data={"other": "x"}, content_type="multipart/form-data")
    assert nothing.status_code == 400


def test_other_files_are_no_media_type_of_ours(world: World) -> None:
    answer = world.portal.post("/v1/jobs:import", data=b"PK", content_type="application/vnd.ms-excel")
    assert answer.status_code == 415


def test_import_is_done_once_per_key(world: World) -> None:
    first, again = (send(world.portal, f"{HEADER}\n{ROW}\n", once="k-1") for _ in range(2))
    assert first.get_json() == again.get_json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(jobs_of(world)) == 1
