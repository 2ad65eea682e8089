"""The rule of separation."""

from datetime import date

import pytest

from service.errors import NotFound, PreconditionMissing, Stale
from service.runtime import Runtime
from service.separation import delete_separation, get_separation, put_separation
from tests.service.things import DISPATCHER, count_runs, events_of

RULE = {
    "scope": ["site", "depot"],
    "radius_m": 50,
    "buffer_s": 1800,
    "from": "2020-03-16",
    "others": "own",
    "same_day": True,
    "price": 3600,
}


def test_put_rule_can_be_read(runtime: Runtime) -> None:
    doc = RULE | {"from": date(2020, 3, 16), "scope": ["depot", "site"]}
    answer = put_separation(runtime, DISPATCHER, doc, None)
    read = get_separation(runtime, DISPATCHER)
    assert {name: read.body[name] for name in RULE} == RULE
    assert answer.body == read.body | {"issues": [], "outdated": []}
    assert answer.revision == read.revision
    assert count_runs(runtime) == 1


def test_rule_begins_today_with_the_usual_figures(runtime: Runtime) -> None:
    body = put_separation(runtime, DISPATCHER, {"others": None}, None).body
    assert {name: body[name] for name in RULE} == RULE | {
        "from": "2020-03-13",
        "others": "free",
        "same_day": False,
        "price": None,
    }


def test_put_of_what_is_there_needs_what_the_caller_has_read(runtime: Runtime) -> None:
    with pytest.raises(Stale):
        put_separation(runtime, DISPATCHER, {}, 7)
    rule = put_separation(runtime, DISPATCHER, {}, None)
    with pytest.raises(PreconditionMissing):
        put_separation(runtime, DISPATCHER, {"radius_m": 100}, None)
    with pytest.raises(Stale):
        put_separation(runtime, DISPATCHER, {"radius_m": 100}, 0)
    same = put_separation(runtime, DISPATCHER, {"radius_m": 50}, rule.revision)
    assert same.revision == rule.revision
    dry = put_separation(runtime, DISPATCHER, {"radius_m": 100}, rule.revision, dry_run=True)
    assert (dry.body["radius_m"], dry.revision) == (100, None)
    changed = put_separation(runtime, DISPATCHER, {"radius_m": 100}, rule.revision)
    assert get_separation(runtime, DISPATCHER).body["radius_m"] == 100
    assert changed.revision == get_separation(runtime, DISPATCHER).revision
    assert events_of(runtime, "separation")[-1] == ("separation.put", {"radius_m": 50}, {"radius_m": 100})


def test_rule_can_be_lifted(runtime: Runtime) -> None:
    with pytest.raises(NotFound):
        get_separation(runtime, DISPATCHER)
    with pytest.raises(NotFound):
        delete_separation(runtime, DISPATCHER, 1)
    rule = put_separation(runtime, DISPATCHER, {}, None)
    with pytest.raises(Stale):
        delete_separation(runtime, DISPATCHER, 0)
    delete_separation(runtime, DISPATCHER, rule.revision, dry_run=True)
    assert delete_separation(runtime, DISPATCHER, rule.revision).body == {"outdated": []}
    with pytest.raises(NotFound):
        get_separation(runtime, DISPATCHER)
