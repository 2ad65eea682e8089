"""Asking for runs: defaults, one queued at a time, stop and cancel, automatic runs."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from routing.solver import ENGINES as BUILT
from service.answers import Once, Page
from service.errors import Conflict, NotFound, Refused
from service.runs import ENGINES, cancel_run, get_run, list_runs, request_automatic_run, request_run, stop_run
from service.runtime import Runtime
from service.solving.claims import claim_next
from service.store.tables import RunRow
from tests.service.things import DISPATCHER, PORTAL, a_person, count_runs, events_of, faults

LEASE_S = 10.0


def asked(runtime: Runtime, **doc: Any) -> Any:
    """The body of a run that was just asked for."""
    return request_run(runtime, DISPATCHER, doc).body


def automatic(runtime: Runtime) -> str | None:
    """What a change of the data queues."""
    with runtime.database.write() as session:
        return request_automatic_run(session, runtime, PORTAL)


def row(runtime: Runtime, run_id: str) -> RunRow:
    with runtime.database.read() as session:
        run = session.get_one(RunRow, run_id)
        session.expunge(run)
        return run


def begin(runtime: Runtime) -> str:
    """Somebody begins to work on what is due."""
    claim = claim_next(runtime, LEASE_S)
    assert claim is not None
    return claim.run_id


def later(runtime: Runtime, **span: float) -> Runtime:
    """The same business some time later."""
    return replace(runtime, now=lambda: runtime.now() + timedelta(**span))


# ---- what is asked for ----


def test_empty_request_gets_the_defaults_of_the_contract(runtime: Runtime) -> None:
    answer = request_run(runtime, DISPATCHER, {})
    assert answer.location == f"/v1/optimisations/{answer.body['id']}"
    assert answer.body["request"] == {
        "from": "2020-03-13",
        "to": "2020-03-20",
        "freeze_until": None,
        "time_limit_s": 10,
        "seed": 1,
        "engine": "tournee",
        "publish": False,
        "only_technicians": None,
        "max_moved_promises": 0,
        "max_moved": None,
    }
    shown = {name: answer.body[name] for name in ("status", "progress", "plan", "cost", "bound", "gap", "error")}
    assert shown == {
        "status": "queued",
        "progress": [],
        "plan": None,
        "cost": None,
        "bound": None,
        "gap": None,
        "error": None,
    }
    assert answer.body["requested_by"] == "desk"
    assert not answer.body["automatic"]


def test_from_moves_the_default_end(runtime: Runtime) -> None:
    assert asked(runtime, **{"from": date(2020, 3, 18)})["request"]["to"] == "2020-03-25"


def test_freeze_is_kept_in_the_zone_of_the_business(runtime: Runtime) -> None:
    body = asked(runtime, freeze_until=datetime(2020, 3, 13, 9, 0, tzinfo=UTC))
    assert body["request"]["freeze_until"] == "2020-03-13T10:00:00+01:00"


@pytest.mark.parametrize(
    ("doc", "found"),
    [
        ({"from": date(2020, 3, 12)}, [("too_small", "/from")]),
        ({"to": date(2020, 3, 12)}, [("inconsistent", "/to")]),
        ({"to": date(2020, 4, 13)}, [("too_large", "/to")]),
        ({"from": date(2020, 3, 12), "to": date(2020, 3, 11)}, [("too_small", "/from"), ("inconsistent", "/to")]),
        ({"engine": "abacus"}, [("bad_choice", "/engine")]),
        ({"only_technicians": []}, [("required", "/only_technicians")]),
        ({"only_technicians": ["tech_x", "tech_y"]}, [("not_found", f"/only_technicians/{n}") for n in (0, 1)]),
    ],
)
def test_request_that_cannot_be_planned_is_refused(runtime: Runtime, doc: Any, found: Any) -> None:
    with pytest.raises(Refused) as refused:
        request_run(runtime, DISPATCHER, doc)
    assert faults(refused.value) == found
    assert count_runs(runtime) == 0


def test_thirty_one_days_are_allowed(runtime: Runtime) -> None:
    assert asked(runtime, to=date(2020, 4, 12))["request"]["to"] == "2020-04-12"


def test_known_technicians_may_be_named(runtime: Runtime) -> None:
    anna = a_person(runtime).body["id"]
    runtime = replace(runtime, settings=replace(runtime.settings, auto_optimise="off"))
    assert asked(runtime, only_technicians=[anna])["request"]["only_technicians"] == [anna]


def test_every_engine_that_is_built_may_be_asked_for() -> None:
    assert tuple(BUILT) == ENGINES


# ---- one queued at a time ----


def test_same_request_answers_with_the_queued_run(runtime: Runtime) -> None:
    first = request_run(runtime, DISPATCHER, {"seed": 7})
    again = request_run(runtime, replace(DISPATCHER, name="other"), {"seed": 7})
    assert again.location == first.location
    assert again.body == first.body
    assert count_runs(runtime) == 1


def test_other_request_is_refused_with_the_link_of_the_queued_run(runtime: Runtime) -> None:
    first = request_run(runtime, DISPATCHER, {})
    with pytest.raises(Conflict) as conflict:
        request_run(runtime, DISPATCHER, {"seed": 2})
    assert (conflict.value.code, conflict.value.link) == ("run_queued", first.location)


def test_other_request_replaces_a_queued_automatic_run(runtime: Runtime) -> None:
    waiting = automatic(runtime)
    assert waiting is not None
    run = asked(runtime)
    assert get_run(runtime, DISPATCHER, waiting).body["status"] == "cancelled"
    assert run["status"] == "queued"
    assert begin(runtime) == run["id"]


def test_same_request_as_an_automatic_run_starts_it_at_once(runtime: Runtime) -> None:
    waiting = automatic(runtime)
    assert claim_next(runtime, LEASE_S) is None
    run = asked(runtime, time_limit_s=5)
    assert run["id"] == waiting
    assert not run["automatic"]
    assert begin(runtime) == waiting


def test_next_run_queues_while_one_is_running(runtime: Runtime) -> None:
    first = asked(runtime)
    begin(runtime)
    second = asked(runtime)
    assert second["id"] != first["id"]
    assert claim_next(runtime, LEASE_S) is None


def test_twenty_parallel_presses_make_one_run(runtime: Runtime) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: request_run(runtime, DISPATCHER, {}), range(20)))
    assert len({answer.location for answer in answers}) == 1
    assert count_runs(runtime) == 1


def test_idempotency_key_replays_the_first_answer(runtime: Runtime) -> None:
    once = Once("k1", "POST", "/v1/optimisations", "digest")
    first = request_run(runtime, DISPATCHER, {}, once)
    begin(runtime)
    again = request_run(runtime, DISPATCHER, {}, once)
    assert again == replace(first, replayed=True)
    assert count_runs(runtime) == 1


# ---- looking ----


def test_unknown_run_is_not_found(runtime: Runtime) -> None:
    for use_case in (get_run, stop_run, cancel_run):
        with pytest.raises(NotFound):
            use_case(runtime, DISPATCHER, "run_x")


def test_moving_run_has_no_revision_and_a_final_one_has(runtime: Runtime) -> None:
    run = asked(runtime)
    assert get_run(runtime, DISPATCHER, run["id"]).revision is None
    done = cancel_run(runtime, DISPATCHER, run["id"])
    assert done.revision is not None
    assert get_run(runtime, DISPATCHER, run["id"]).revision == done.revision


def test_runs_are_listed_page_by_page(runtime: Runtime) -> None:
    made = []
    for _ in range(3):
        made.append(asked(runtime)["id"])
        cancel_run(runtime, DISPATCHER, made[-1])
    first = list_runs(runtime, DISPATCHER, Page(limit=2))
    assert first.after is not None
    rest = list_runs(runtime, DISPATCHER, Page(limit=2, after=first.after))
    assert [item["id"] for item in [*first.items, *rest.items]] == made
    assert rest.after is None


# ---- stop and cancel ----


def test_stop_of_a_queued_run_cancels_it(runtime: Runtime) -> None:
    run = asked(runtime)
    body = stop_run(runtime, DISPATCHER, run["id"]).body
    assert (body["status"], body["stopped"]) == ("cancelled", True)
    assert claim_next(runtime, LEASE_S) is None


def test_stop_of_a_running_run_is_a_flag(runtime: Runtime) -> None:
    run = asked(runtime)
    begin(runtime)
    body = stop_run(runtime, DISPATCHER, run["id"]).body
    assert body["status"] == "running"
    assert row(runtime, run["id"]).stop_requested
    revision = body["revision"]
    assert stop_run(runtime, DISPATCHER, run["id"]).body["revision"] == revision


@pytest.mark.parametrize("running", [False, True])
def test_cancel_is_final_at_once(runtime: Runtime, running: bool) -> None:
    run = asked(runtime)
    if running:
        begin(runtime)
    body = cancel_run(runtime, DISPATCHER, run["id"]).body
    assert body["status"] == "cancelled"
    assert body["finished_at"] is not None
    assert asked(runtime)["status"] == "queued"


def test_final_run_stays_as_it_is(runtime: Runtime) -> None:
    run = asked(runtime)
    final = cancel_run(runtime, DISPATCHER, run["id"]).body
    assert stop_run(runtime, DISPATCHER, run["id"]).body == final
    assert cancel_run(runtime, DISPATCHER, run["id"]).body == final


def test_every_step_of_a_run_is_an_event(runtime: Runtime) -> None:
    run = asked(runtime)
    begin(runtime)
    stop_run(runtime, DISPATCHER, run["id"])
    cancel_run(runtime, DISPATCHER, run["id"])
    assert [kind for kind, _, _ in events_of(runtime, "run")] == [
        "run.requested",
        "run.running",
        "run.stop",
        "run.cancelled",
    ]


# ---- automatic runs ----


def test_automatic_run_waits_for_the_next_change(runtime: Runtime) -> None:
    first = automatic(runtime)
    assert first is not None
    waits = row(runtime, first).not_before
    assert timedelta(seconds=15) < waits - runtime.real_now() <= timedelta(seconds=20)
    assert automatic(runtime) == first
    assert row(runtime, first).not_before > waits
    assert count_runs(runtime) == 1


def test_automatic_run_is_short_and_a_proposal(runtime: Runtime) -> None:
    run = row(runtime, automatic(runtime) or "")
    assert run.automatic
    assert (run.request["time_limit_s"], run.request["publish"]) == (5, False)
    assert run.requested_by == "web"


def test_automatic_run_starts_after_the_delay(runtime: Runtime) -> None:
    runtime = replace(runtime, settings=replace(runtime.settings, auto_delay_s=0.0))
    assert automatic(runtime) == begin(runtime)


def test_automatic_run_that_waits_moves_with_the_day(runtime: Runtime) -> None:
    run_id = automatic(runtime)
    assert run_id is not None
    automatic(later(runtime, days=1))
    assert row(runtime, run_id).request["from"] == "2020-03-14"


def test_setting_off_means_no_automatic_run(runtime: Runtime) -> None:
    runtime = replace(runtime, settings=replace(runtime.settings, auto_optimise="off"))
    assert automatic(runtime) is None
    assert count_runs(runtime) == 0


def test_setting_publish_makes_automatic_runs_publish(runtime: Runtime) -> None:
    runtime = replace(runtime, settings=replace(runtime.settings, auto_optimise="publish"))
    assert row(runtime, automatic(runtime) or "").request["publish"] is True


def test_change_leaves_a_queued_manual_run_alone(runtime: Runtime) -> None:
    run = asked(runtime)
    assert automatic(runtime) == run["id"]
    assert get_run(runtime, DISPATCHER, run["id"]).body == run


def test_change_while_a_run_is_running_queues_the_next(runtime: Runtime) -> None:
    run = asked(runtime)
    begin(runtime)
    assert automatic(runtime) not in (None, run["id"])
