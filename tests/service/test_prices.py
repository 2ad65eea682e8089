"""Settings that price a plan decide what the optimiser does: prices reach it, and do what docs/weights.md says."""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from service.runtime import Runtime
from tests.service.planning import MONDAY, publish_routes
from tests.service.solved import propose
from tests.service.things import DISPATCHER, SITE, a_job, a_kind, a_person

TUESDAY = MONDAY + timedelta(days=1)


@dataclass(frozen=True)
class Firm:
    """Anna, and whoever a test adds."""

    runtime: Runtime
    anna: str

    def job(self, number: int = 1, **changes: Any) -> str:
        """A job on Monday, each a little farther from Anna's home."""
        site = SITE | {"ref": None, "lat": 48.1126 + number / 500, "security_appliance": False}
        values = {"client": {"name": "x"}, "site": site, "dates": [MONDAY]} | changes
        return str(a_job(self.runtime, DISPATCHER, **values).body["id"])


@pytest.fixture
def firm(runtime: Runtime) -> Firm:
    a_kind(runtime, remote=False)
    return Firm(runtime, str(a_person(runtime).body["id"]))


def test_weights_of_the_settings_decide(firm: Firm) -> None:
    """Bert, whom the client prefers, lives farther away: how far he may come is a matter of price."""
    bert = str(a_person(firm.runtime, "Bert", home={"lat": 48.1126, "lon": -1.45}).body["id"])
    job = firm.job(technicians={"required": [], "preferred": [bert], "forbidden": []})

    def sent(price: int) -> str:
        settings = replace(firm.runtime.settings, weight_not_preferred=Decimal(price))
        return propose(replace(firm.runtime, settings=settings), seed=price).planned[job][0]

    assert [sent(100), sent(9000)] == [firm.anna, bert]


def test_published_job_moves_for_a_saving_only(firm: Firm) -> None:
    bert = str(a_person(firm.runtime, "Bert", home={"lat": 48.1126, "lon": -1.66}).body["id"])
    job = firm.job()
    publish_routes(firm.runtime, {bert: [job]})

    def sent(price: int) -> str:
        settings = replace(firm.runtime.settings, weight_moved=Decimal(price))
        return propose(replace(firm.runtime, settings=settings), seed=price).planned[job][0]

    assert [sent(0), sent(9000)] == [firm.anna, bert]


def test_urgent_job_goes_first(firm: Firm) -> None:
    dates = [MONDAY, TUESDAY, MONDAY + timedelta(days=2)]
    crowd = [firm.job(number, service_s=4 * 3600, dates=dates) for number in range(1, 5)]
    urgent = firm.job(6, service_s=4 * 3600, dates=dates, priority=90)
    found = propose(firm.runtime)
    assert found.planned.keys() == {*crowd, urgent}
    assert found.route(firm.anna, "2020-03-16")[0] == urgent
