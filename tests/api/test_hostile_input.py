"""Every row of "Hostile input" that concerns JSON and HTTP, on SQLite and PostgreSQL: never a 500."""

import json
from collections.abc import Iterator
from copy import deepcopy
from io import BytesIO
from typing import Any

import pytest
from marshmallow import Schema

from api.batches import LenientBatchIn
from api.examples.jobs import JOB_IN
from api.examples.team import TECHNICIAN_IN
from api.schemas.base import read
from api.schemas.jobs import BatchIn, JobIn, JobPatch
from api.schemas.team import TechnicianIn, TechnicianPatch
from service.errors import Issue
from tests.api.caller import faults
from tests.api.conftest import World


def body(**changes: Any) -> str:
    """A sound job as text; what is given replaces a value by raw JSON."""
    document = {"client": {"name": "A"}, "site": {"lat": 48.1, "lon": -1.6}, "kind": "wifi_trouble"}
    text = json.dumps(document | {name: f"@{name}@" for name in changes})
    for name, raw in changes.items():
        text = text.replace(f'"@{name}@"', raw)
    return text


def site(lat: str) -> str:
    return f'{{"lat": {lat}, "lon": -1.6}}'


UNREADABLE: dict[str, bytes | str] = {
    "depth": "[" * 100_000,
    "depth in an object": body(description="[" * 40 + "]" * 40),
    "objects 100 000 deep": '{"a":' * 100_000,
    "integer of 5000 digits": body(service_s="9" * 5000),
    "integer of 19 digits": body(service_s="-1234567890123456789"),
    "lone surrogate": body(description='"\\ud800"'),
    "lone low surrogate in a key": '{"\\udc00": 1}',
    "NUL": body(description='"a\\u0000b"'),
    "raw NUL": body(description='"a\x00b"'),
    "raw control character": body(description='"a\x07b"'),
    "duplicate key": '{"kind": "a", "kind": "b"}',
    "duplicate key inside": body(site='{"lat": 1, "lat": 2, "lon": 3}'),
    "UTF-16": body().encode("utf-16"),
    "UTF-16 without a mark": body().encode("utf-16-le"),
    "UTF-8 with a mark": b"\xef\xbb\xbf" + body().encode(),
    "bad UTF-8": body(description='"caf@"').encode().replace(b"@", b"\xe9"),
    "encoded surrogate": body(description='"caf@"').encode().replace(b"@", b"\xed\xa0\x80"),
    "a list": "[]",
    "a text": '"job"',
    "a number": "1",
    "null": "null",
    "nothing": "",
    "blanks": "   ",
    "no JSON": "{client: 1}",
    "single quotes": "{'a': 1}",
    "trailing comma": '{"a": 1,}',
    "two values": "{} {}",
    "a comment": "{} // done",
    "leading zero": body(service_s="007"),
}


@pytest.mark.parametrize("sent", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_unreadable_body_is_400(world: World, sent: bytes | str) -> None:
    answer = world.portal.post("/v1/jobs", data=sent, content_type="application/json")
    assert answer.status_code == 400, answer.text
    assert answer.get_json()["type"].endswith(":unreadable")
    assert answer.get_json()["detail"]


INVALID: dict[str, tuple[str, tuple[str, str]]] = {
    "NaN": (body(site=site("NaN")), ("bad_format", "/site/lat")),
    "Infinity": (body(site=site("Infinity")), ("bad_format", "/site/lat")),
    "-Infinity": (body(site=site("-Infinity")), ("bad_format", "/site/lat")),
    "1e999": (body(site=site("1e999")), ("bad_format", "/site/lat")),
    '"nan"': (body(site=site('"nan"')), ("wrong_type", "/site/lat")),
    "NaN for a whole number": (body(service_s="NaN"), ("wrong_type", "/service_s")),
    "NaN for a text": (body(description="NaN"), ("wrong_type", "/description")),
    "text for a number": (body(site=site('"48.8"')), ("wrong_type", "/site/lat")),
    "text for a whole number": (body(service_s='"60"'), ("wrong_type", "/service_s")),
    "a point in a whole number": (body(service_s="60.0"), ("wrong_type", "/service_s")),
    "true for a number": (body(priority="true"), ("wrong_type", "/priority")),
    "1 for true": (
        body(site='{"lat": 1, "lon": 1, "security_appliance": 1}'),
        ("wrong_type", "/site/security_appliance"),
    ),
    "number for a text": (body(description="1"), ("wrong_type", "/description")),
    "list for an object": (body(site="[]"), ("wrong_type", "/site")),
    "object for a list": (body(dates="{}"), ("wrong_type", "/dates")),
    "number for a day": (body(dates="[20200316]"), ("wrong_type", "/dates/0")),
    "null for a list": (body(dates="null"), ("wrong_type", "/dates")),
    "naive instant": (body(deadline='"2020-03-16T09:00:00"'), ("bad_format", "/deadline")),
    "epoch": (body(deadline="1584345600"), ("wrong_type", "/deadline")),
    "year 1": (body(deadline='"0001-01-01T00:00:00+14:00"'), ("too_small", "/deadline")),
    "year 9999": (body(deadline='"9999-12-31T23:59:59-14:00"'), ("too_large", "/deadline")),
    "30 February": (body(dates='["2020-02-30"]'), ("bad_format", "/dates/0")),
    "24:61": (body(deadline='"2020-03-16T24:61:00+01:00"'), ("bad_format", "/deadline")),
    "offset of 30 hours": (body(deadline='"2020-03-16T09:00:00+30:00"'), ("bad_format", "/deadline")),
    "digits of another script": (body(dates='["२०२०-०३-१६"]'), ("bad_format", "/dates/0")),
    "week date": (body(dates='["2020-W12-1"]'), ("bad_format", "/dates/0")),
    "lon 540": (body(site='{"lat": 48.1, "lon": 540}'), ("too_large", "/site/lon")),
    "lat 91": (body(site=site("91")), ("too_large", "/site/lat")),
    "long text": (body(description=json.dumps("x" * 4001)), ("too_long", "/description")),
    "long list": (body(dates=json.dumps(["2020-03-16"] * 5000)), ("too_long", "/dates")),
    "is_admin": (body(is_admin="true"), ("unknown_field", "/is_admin")),
    "pointer is escaped": ('{"a/b~c": 1}', ("unknown_field", "/a~1b~0c")),
}


@pytest.mark.parametrize(("sent", "fault"), INVALID.values(), ids=INVALID.keys())
def test_readable_but_wrong_body_is_422(world: World, sent: str, fault: tuple[str, str]) -> None:
    assert fault in faults(world.portal.post("/v1/jobs", data=sent, content_type="application/json"))


ANYTHING: list[Any] = [None, True, 0, -1, 1.5, "", "x", [], [0], ["x"], [[]], [{}], {}, {"x": 1}, {"0": [None]}]


def paths_of(document: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in a document."""
    if at:
        yield at
    for name, below in document.items() if isinstance(document, dict) else enumerate(document):
        if isinstance(below, dict | list):
            yield from paths_of(below, (*at, name))
        else:
            yield (*at, name)


def replaced(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The document with another value at that place."""
    changed = deepcopy(document)
    below = changed
    for name in path[:-1]:
        below = below[name]
    below[path[-1]] = value
    return changed


@pytest.mark.parametrize(
    "schema", [JobIn(), JobPatch(), BatchIn(), LenientBatchIn(), TechnicianIn(), TechnicianPatch()]
)
def test_any_value_at_any_place_is_read_or_refused(schema: Schema) -> None:
    """Rules over several fields must not stumble over what a single field has refused."""
    sound = {
        "JobIn": JOB_IN,
        "JobPatch": {name: value for name, value in JOB_IN.items() if name not in ("external_ref", "client", "site")},
        "TechnicianIn": TECHNICIAN_IN,
        "TechnicianPatch": TECHNICIAN_IN,
    }.get(type(schema).__name__, {"jobs": [JOB_IN]})
    assert schema.load(sound)
    for path in paths_of(sound):
        for value in ANYTHING:
            issues: list[Issue] = []
            read(schema, replaced(sound, path, value), issues)
            assert all(issue.path.startswith("/") for issue in issues)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/xml"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/merge-patch+json"},
        {"Content-Type": ""},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
def test_other_media_type_is_415(world: World, headers: dict[str, str]) -> None:
    assert world.portal.post("/v1/jobs", data=body(), headers=headers).status_code == 415


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_with_parameters_is_read(world: World, content_type: str) -> None:
    assert world.portal.post("/v1/jobs", data=body(), content_type=content_type).status_code == 201


def test_utf_16_is_400_whatever_the_charset_says(world: World) -> None:
    answer = world.portal.post(
        "/v1/jobs", data=body().encode("utf-16"), content_type="application/json; charset=utf-16"
    )
    assert answer.status_code == 400


def test_large_body_is_413(world: World) -> None:
    answer = world.portal.post("/v1/jobs", data=b'{"a": "' + b"x" * 2_000_000 + b'"}', content_type="application/json")
    assert answer.status_code == 413


def test_large_body_of_unknown_length_is_413(world: World) -> None:
    answer = world.portal.post(
        "/v1/jobs",
        input_stream=BytesIO(b'{"a": "' + b"x" * 2_000_000 + b'"}'),
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )
    assert answer.status_code == 413


def test_body_just_under_the_limit_is_read(world: World) -> None:
    sent = body() + " " * (1_000_000 - len(body()))
    assert world.portal.post("/v1/jobs", data=sent, content_type="application/json").status_code == 201


ODD_TEXTS = [
    "😀 \U0001f469\u200d\U0001f527",
    "\u202eevil",
    "zero\u200bwidth",
    "\U00020bb7",
    "e\u0301 and é",
    "İstanbul ﬃ",
    "<img src=x onerror=alert(1)>{{7*7}}",
    "'; DROP TABLE job; --",
    '=HYPERLINK("http://x")',
    "a\nb",
]


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_text_is_stored_as_typed(any_world: World, text: str) -> None:
    job = any_world.post_job(description=text)
    assert any_world.portal.get(f"/v1/jobs/{job['id']}").get_json()["description"] == text


def test_control_characters_are_taken_out(world: World) -> None:
    job = world.post_job(description="a\tb\r\nc\x07\x1b[31m\x85\x9bd\x7f", client={"name": " Anna\nB \x02"})
    assert job["description"] == "a b\nc[31md"
    assert job["client"]["name"] == "Anna B"


SQL = ["' OR 1=1 --", '"; DELETE FROM job; --', "1) UNION SELECT * FROM api_key --", "\\", "%", "_", "%00", "${7*7}"]


@pytest.mark.parametrize("payload", SQL)
def test_sql_is_text_everywhere(any_world: World, payload: str) -> None:
    any_world.post_job(external_ref=payload, client={"name": payload}, description=payload)
    found = any_world.portal.get("/v1/jobs", query_string={"q": payload}).get_json()["items"]
    assert [job["description"] for job in found] == [payload]
    for name in ("state", "handling", "attention", "date", "cursor", "limit", "updated_since", "sort"):
        assert any_world.portal.get("/v1/jobs", query_string={name: payload}).status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        "/v1/jobs/%00",
        "/v1/jobs/job_1%00",
        "/v1/sites/a%00b",
        "/v1/kinds/%ED%A0%80",
        "/v1/jobs/" + "x" * 5000,
        "/v1/jobs/..%2f..%2fetc%2fpasswd",
        "/v1/technicians/me/routes/2020-02-30",
        "/v1/technicians/me/routes/yesterday",
        "/v1/optimisations/run_1:explode",
        "/v1//jobs",
    ],
)
def test_odd_address_is_404(any_world: World, path: str) -> None:
    assert any_world.dispatcher.get(path).status_code == 404


def test_nul_in_a_query_does_no_harm(any_world: World) -> None:
    assert any_world.dispatcher.get("/v1/jobs?q=%00%ff").status_code == 200
    assert any_world.dispatcher.get("/v1/stock?depot=%00a").status_code == 404


@pytest.mark.parametrize("limit", ["0", "201", "-1", "1.5", "ten", "９", "9" * 5000, ""])
def test_limit_is_a_small_whole_number(world: World, limit: str) -> None:
    assert world.portal.get("/v1/jobs", query_string={"limit": limit}).status_code == 422


@pytest.mark.parametrize(
    "headers",
    [
        {"If-Match": "41"},
        {"If-Match": "*"},
        {"If-Match": '"41", "42"'},
        {"If-Match": '"41'},
        {"If-Match": ""},
    ],
)
def test_malformed_if_match_is_400(world: World, headers: dict[str, str]) -> None:
    job = world.post_job()
    assert world.portal.patch(f"/v1/jobs/{job['id']}", {}, headers=headers).status_code == 400


@pytest.mark.parametrize("key", ["", " ", "é", "x" * 256, "a\tb"])
def test_malformed_idempotency_key_is_400(world: World, key: str) -> None:
    assert world.portal.post("/v1/jobs", world.job(), once=key).status_code == 400


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "BREW"])
def test_odd_method_is_405(world: World, method: str) -> None:
    answer = world.dispatcher.request(method, "/v1/jobs")
    assert answer.status_code == 405
    assert {"GET", "HEAD", "OPTIONS", "POST"} == set(answer.headers["Allow"].split(", "))
