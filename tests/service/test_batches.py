"""Batches and spreadsheets of jobs."""

from typing import Any

import pytest
from sqlalchemy import select

from service.answers import Once
from service.batches import Row
from service.errors import Conflict, Issue, Refused
from service.jobs import import_jobs, post_jobs
from service.places import Match
from service.runtime import Runtime
from service.store.tables import JobRow, Json, PlaceRow
from tests.service.conftest import FakeGeocoder
from tests.service.things import CLIENT, PORTAL, SITE, a_job, a_kind, count_runs, events_of, faults

ADDRESSES = [f"{number} rue Leperdit, 35000 Rennes" for number in range(1, 13)]


def doc(**changes: Any) -> Json:
    return {"client": CLIENT, "site": SITE | {"security_appliance": False}, "kind": "vpn_setup"} | changes


def count_jobs(runtime: Runtime) -> int:
    with runtime.database.read() as session:
        return len(session.scalars(select(JobRow.id)).all())


def once(digest: str = "d1") -> Once:
    return Once("key-1", "POST", "/v1/jobs:batch", digest)


def test_batch_is_answered_in_its_order(runtime: Runtime) -> None:
    a_kind(runtime)
    answer = post_jobs(runtime, PORTAL, [doc(description=word) for word in ("a", "b", "c")])
    assert [one["description"] for one in answer.body["items"]] == ["a", "b", "c"]
    assert count_jobs(runtime) == 3
    assert count_runs(runtime) == 1


def test_batch_with_a_fault_is_refused_whole_with_every_fault(runtime: Runtime) -> None:
    a_kind(runtime)
    a_job(runtime, external_ref="web-1")
    docs = [doc(), doc(kind="dowsing", priority=90), doc(external_ref="web-1"), doc(external_ref="web-2")]
    with pytest.raises(Refused) as refusal:
        post_jobs(runtime, PORTAL, [*docs, doc(external_ref="web-2")])
    assert sorted(faults(refusal.value)) == [
        ("conflict", "/jobs/2/external_ref"),
        ("conflict", "/jobs/4/external_ref"),
        ("not_found", "/jobs/1/kind"),
        ("too_large", "/jobs/1/priority"),
    ]
    assert count_jobs(runtime) == 1
    assert len(events_of(runtime, "job")) == 1


def test_partial_batch_keeps_the_good_ones(runtime: Runtime, geocoder: FakeGeocoder) -> None:
    a_kind(runtime)
    geocoder.down = True
    docs = [
        doc(external_ref="web-1"),
        doc(kind="dowsing"),
        doc(external_ref="web-1"),
        doc(client={"name": "x"}, site={"address": "nowhere"}),
    ]
    items = post_jobs(runtime, PORTAL, docs, partial=True).body["items"]
    assert [one["status"] for one in items] == [201, 422, 409, 201]
    assert [bool(one["job"]) for one in items] == [True, False, False, True]
    assert items[0]["errors"] == []
    assert [(one["pointer"], one["code"]) for one in items[1]["errors"]] == [("/kind", "not_found")]
    assert [(one["pointer"], one["code"]) for one in items[2]["errors"]] == [("/external_ref", "conflict")]
    assert "geocoder_unavailable" in {one["code"] for one in items[3]["job"]["warnings"]}
    assert count_jobs(runtime) == 2


def test_batch_is_done_once_per_key(runtime: Runtime) -> None:
    a_kind(runtime)
    first = post_jobs(runtime, PORTAL, [doc(), doc()], once=once())
    again = post_jobs(runtime, PORTAL, [doc(), doc()], once=once())
    assert (again.replayed, again.body) == (True, first.body)
    with pytest.raises(Conflict):
        post_jobs(runtime, PORTAL, [doc()], once=once("d2"))
    assert count_jobs(runtime) == 2


def test_addresses_of_a_batch_are_located_together(runtime: Runtime, geocoder: FakeGeocoder) -> None:
    a_kind(runtime)
    geocoder.known = {address: Match(address, "house", 0.9, 48.0 + n, -1.0) for n, address in enumerate(ADDRESSES)}
    sites = [{"address": address, "security_appliance": False} for address in ADDRESSES]
    items = post_jobs(runtime, PORTAL, [doc(client={"name": "x"}, site=site) for site in sites]).body["items"]
    assert [one["site"]["lat"] for one in items] == [48.0 + n for n in range(len(ADDRESSES))]
    with runtime.database.read() as session:
        assert len(session.scalars(select(PlaceRow)).all()) == len(ADDRESSES)


def test_remote_batch_asks_for_no_run(runtime: Runtime) -> None:
    a_kind(runtime)
    post_jobs(runtime, PORTAL, [doc(site=SITE | {"security_appliance": True})])
    assert count_runs(runtime) == 0


# --- spreadsheets ---

BAD_LINE = [Issue("required", "/client/name", "is needed", "fill it in")]


def test_import_makes_all_rows(runtime: Runtime) -> None:
    a_kind(runtime)
    answer = import_jobs(runtime, PORTAL, [(2, doc()), (3, doc())])
    assert answer.body == {"rows": 2, "created": 2, "dry_run": False, "errors": []}
    assert (count_jobs(runtime), count_runs(runtime)) == (2, 1)


def test_import_names_the_lines_of_all_faults(runtime: Runtime) -> None:
    a_kind(runtime)
    rows: list[Row] = [(2, doc()), (3, BAD_LINE), (4, doc(kind="dowsing")), (5, doc(kind="augury", priority=99))]
    with pytest.raises(Refused) as refusal:
        import_jobs(runtime, PORTAL, rows)
    assert faults(refusal.value) == [
        ("required", "/rows/3/client/name"),
        ("not_found", "/rows/4/kind"),
        ("not_found", "/rows/5/kind"),
        ("too_large", "/rows/5/priority"),
    ]
    assert count_jobs(runtime) == 0


def test_dry_run_says_what_is_wrong_and_keeps_nothing(runtime: Runtime, geocoder: FakeGeocoder) -> None:
    a_kind(runtime)
    rows: list[Row] = [
        (2, doc(external_ref="web-1")),
        (3, BAD_LINE),
        (4, doc(external_ref="web-1", site={"address": "x"})),
    ]
    answer = import_jobs(runtime, PORTAL, rows, dry_run=True)
    assert (answer.body["rows"], answer.body["created"], answer.body["dry_run"]) == (3, 0, True)
    assert [(one["line"], one["pointer"], one["code"]) for one in answer.body["errors"]] == [
        (3, "/client/name", "required"),
        (4, "/external_ref", "conflict"),
    ]
    assert (count_jobs(runtime), count_runs(runtime), geocoder.asked) == (0, 0, [])
    assert events_of(runtime, "job") == []


def test_import_is_done_once_per_key(runtime: Runtime) -> None:
    a_kind(runtime)
    import_jobs(runtime, PORTAL, [(2, doc())], dry_run=True, once=once())
    first = import_jobs(runtime, PORTAL, [(2, doc())], once=once())
    again = import_jobs(runtime, PORTAL, [(2, doc())], once=once())
    assert (first.replayed, again.replayed, count_jobs(runtime)) == (False, True, 1)


def test_lines_with_the_same_number_are_no_trouble(runtime: Runtime) -> None:
    answer = import_jobs(runtime, PORTAL, [(2, BAD_LINE), (2, BAD_LINE), (2, doc())], dry_run=True)
    assert len(answer.body["errors"]) == 3
