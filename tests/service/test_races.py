"""Two who change the same thing at the same moment: exactly one wins, and the other is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest

from service.answers import Answer, Once, Page
from service.errors import Conflict, ServiceError, Stale
from service.jobs import cancel_job, get_job, list_jobs, patch_job, post_job
from service.plans import get_current_plan, list_plans, publish_plan
from service.runtime import Runtime
from tests.service.planning import publish_routes
from tests.service.solved import propose
from tests.service.things import CLIENT, DISPATCHER, PORTAL, SITE, a_job, a_kind, a_person, events_of

ROUNDS = 8


def at_once(*calls: Callable[[], Answer]) -> list[Answer | ServiceError]:
    """What each call ends with when all begin at the same moment."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Answer]) -> Answer | ServiceError:
        barrier.wait(10)
        try:
            return call()
        except ServiceError as error:
            return error

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def test_two_patches_of_the_same_revision(runtime: Runtime) -> None:
    a_kind(runtime)
    job = a_job(runtime)
    name, revision = job.body["id"], job.revision
    for number in range(ROUNDS):
        words = [f"{number} by {who}" for who in ("Ada", "Bob")]
        patches = [{"description": word} for word in words]
        ends = at_once(*(partial(patch_job, runtime, DISPATCHER, name, patch, revision) for patch in patches))
        won = [end for end in ends if isinstance(end, Answer)]
        lost = [end for end in ends if isinstance(end, Stale)]
        assert (len(won), len(lost)) == (1, 1)
        now = get_job(runtime, DISPATCHER, name)
        assert now.body["description"] == won[0].body["description"] == words[ends.index(won[0])]
        assert now.revision == won[0].revision
        revision = now.revision
    assert len(events_of(runtime, "job")) == 1 + ROUNDS


def test_patch_and_cancel_of_the_same_revision(runtime: Runtime) -> None:
    a_kind(runtime)
    for _ in range(ROUNDS):
        job = a_job(runtime)
        name, revision = job.body["id"], job.revision
        patched, cancelled = at_once(
            partial(patch_job, runtime, DISPATCHER, name, {"priority": 60}, revision),
            partial(cancel_job, runtime, PORTAL, name, revision),
        )
        assert sorted(isinstance(end, Stale) for end in (patched, cancelled)) == [False, True]
        now = get_job(runtime, DISPATCHER, name).body
        assert (now["priority"], now["state"]) == (
            (60, "received") if isinstance(patched, Answer) else (50, "cancelled")
        )


@pytest.mark.parametrize("keyed", [True, False])
def test_same_job_posted_many_times_at_once(runtime: Runtime, keyed: bool) -> None:
    a_kind(runtime)
    doc = {"client": CLIENT, "site": SITE, "kind": "vpn_setup", "external_ref": "web-1"}
    once = Once("key", "POST", "/v1/jobs", "digest") if keyed else None
    ends = at_once(*[partial(post_job, runtime, PORTAL, doc, once)] * 6)
    assert len(list_jobs(runtime, PORTAL, {}, Page()).items) == 1
    if keyed:
        assert len({end.body["id"] for end in ends if isinstance(end, Answer)}) == 1
        assert sum(isinstance(end, Answer) and end.replayed for end in ends) == 5
    else:
        assert sum(isinstance(end, Conflict) and end.code == "external_ref_taken" for end in ends) == 5


def test_two_publish_at_once(runtime: Runtime) -> None:
    a_kind(runtime)
    anna = a_person(runtime).body["id"]
    job = a_job(runtime, site=SITE | {"security_appliance": False}).body["id"]
    publish_routes(runtime, {anna: [job]})
    plans = [propose(runtime, seed=seed).plan_id for seed in (1, 2)]
    ends = at_once(*(partial(publish_plan, runtime, DISPATCHER, plan) for plan in plans))
    assert sorted(isinstance(end, Answer) for end in ends) == [False, True]
    assert [end.code for end in ends if isinstance(end, Conflict)] == ["plan_outdated"]
    states = [one["state"] for one in list_plans(runtime, DISPATCHER, Page()).items]
    assert sorted(states) == ["proposed", "published", "superseded"]
    won = next(end for end in ends if isinstance(end, Answer))
    assert get_current_plan(runtime, DISPATCHER, None, None).body["id"] == won.body["id"]
