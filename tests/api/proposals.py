"""Plans made by hand through the run protocol, for tests of what happens to them."""

from collections.abc import Mapping, Sequence

from service.solving.claims import claim_next, freeze_snapshot, succeed
from tests.api.conftest import World
from tests.service.planning import plan_of


def propose(world: World, routes: Mapping[str, Sequence[str]]) -> tuple[str, str]:
    """Ask for a run and end it with those jobs for those technicians on Monday; ids of run and plan."""
    run = world.dispatcher.post("/v1/optimisations", {}).get_json()["id"]
    claim = claim_next(world.runtime, 60)
    assert claim is not None
    snapshot = freeze_snapshot(world.runtime, claim)
    assert snapshot is not None
    progress = [{"at_s": 0.5, "cost": 7, "unassigned": 0}]
    plan = succeed(world.runtime, claim, snapshot, plan_of(snapshot, routes), progress, stopped=False)
    assert plan is not None
    return run, plan


def publish(world: World, routes: Mapping[str, Sequence[str]]) -> str:
    """The same, published."""
    _, plan = propose(world, routes)
    assert world.dispatcher.post(f"/v1/plans/{plan}:publish").status_code == 200
    return plan
