"""The environment read once: defaults, and every fault named at the same time."""

from dataclasses import fields
from decimal import Decimal

import pytest

from routing import Weights
from service.planning.terms import Terms, weights_of
from service.runtime import Runtime
from service.settings import BadSettings, Settings


def read(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(f"TOURNEE_{name.upper()}", value)
    return Settings.from_env()


def test_weights_of_an_empty_environment_are_the_planners_own(monkeypatch: pytest.MonkeyPatch) -> None:
    assert weights_of(read(monkeypatch)) == Weights()


def test_every_weight_has_a_setting_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [one.name for one in fields(Settings) if one.name.startswith("weight_")]
    settings = read(monkeypatch, **{name: f"{10 + number}.25" for number, name in enumerate(names)})
    weights = weights_of(settings)
    assert sorted(getattr(weights, one.name) for one in fields(Weights)) == [1025 + 100 * n for n in range(len(names))]
    assert len(names) == len(fields(Weights))


def test_weights_are_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, weight_travel="0.29", weight_paid="1.10", weight_moved="0")
    assert settings.weight_travel == Decimal("0.29")
    assert weights_of(settings) == Weights(travel_s=29, paid_s=110, moved=0)


def test_all_nonsense_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    nonsense = {
        "weight_paid": "-1",
        "weight_overtime": "much",
        "weight_travel": "nan",
        "weight_lateness": "1000.01",
        "weight_urgency": "0.125",
        "weight_not_preferred": "1e400",
        "weight_moved": "100001",
        "weight_left_out": "0",
        "solver_threads": "0",
        "site_setup_s": "3601",
        "port": "x",
    }
    with pytest.raises(BadSettings) as error:
        read(monkeypatch, **nonsense)
    assert [name for name in nonsense if f"TOURNEE_{name.upper()}" not in str(error.value)] == []


def test_planning_terms_are_the_settings(runtime: Runtime) -> None:
    terms = Terms.of(runtime)
    assert (terms.travel, terms.weights, terms.site_setup_s) == (runtime.travel, Weights(), 0)
