"""What the edge promises about itself: its pages and its description are what the code says."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from api import VERSION, openapi
from api.openapi import bare_app
from api.problems import CONFLICT_CODES, FIELD_CODES, MISSING_CODES, PROBLEMS
from api.reference import PAGES
from api.words import ATTENTION, OBSTACLES, OUTDATED, REASONS, WARNINGS
from api.words import RULES as RULE_WORDS
from routing import RULES, ReasonCode
from service.planning.findings import Untrue
from service.planning.fits import CLOSED, NO_PLAN
from service.store.tables import Attention

ROOT = Path(__file__).parents[2]
SERVICE = sorted((ROOT / "service").rglob("*.py"))
EDGE = sorted((ROOT / "api").rglob("*.py"))

OPEN_TO_ALL = {"/livez", "/readyz", "/openapi.yaml", "/openapi.json"}
"""What needs no key, beside the files of the viewer under /docs."""


def calls(name: str) -> Iterator[ast.Call]:
    """Every call of a function of that name in the service."""
    for file in SERVICE:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                yield node


def first_words(name: str) -> set[str]:
    """First arguments of such calls, where they are written out."""
    return {
        call.args[0].value
        for call in calls(name)
        if call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    }


def test_openapi_yaml_is_what_the_code_says() -> None:
    assert (ROOT / "openapi.yaml").read_text("utf-8") == openapi.document(), "run python -m api openapi"


def test_openapi_yaml_is_written_the_same_each_time() -> None:
    assert openapi.document() == openapi.document()


@pytest.mark.parametrize("name", PAGES)
def test_page_is_what_the_code_says(name: str) -> None:
    assert (ROOT / "docs" / name).read_text("utf-8") == PAGES[name](), "run python -m api.reference"


def test_every_route_says_who_may_call_it() -> None:
    app = bare_app()
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("viewer."):
            assert rule.rule.startswith("/docs")
            continue
        if rule.endpoint.startswith("pages."):  # tests/pages/test_shell.py
            assert not rule.rule.startswith("/v1")
            continue
        allowed = getattr(app.view_functions[rule.endpoint], "allowed", None)
        assert allowed is not None, f"{rule.rule} says nothing"
        assert bool(allowed) is (rule.rule not in OPEN_TO_ALL), rule.rule


def test_version_is_the_projects() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION


def test_problem_types_are_told_apart() -> None:
    assert len({problem.type for problem in PROBLEMS}) == len(PROBLEMS)
    assert all(re.fullmatch(r"[a-z-]+", problem.slug) for problem in PROBLEMS)


def test_conflicts_are_documented() -> None:
    assert first_words("Conflict") == set(CONFLICT_CODES)


def test_codes_of_issues_are_documented() -> None:
    assert first_words("Issue") <= set(FIELD_CODES)


def test_codes_of_a_404_are_given_out() -> None:
    assert set(MISSING_CODES) <= first_words("NotFound")


def test_reasons_are_the_planners() -> None:
    assert list(REASONS) == [code.value for code in ReasonCode]


def test_rules_are_the_judges() -> None:
    assert list(RULE_WORDS) == list(RULES)


def test_codes_of_what_is_untrue_are_the_services() -> None:
    assert list(OUTDATED) == [code.value for code in Untrue]
    assert not OUTDATED.keys() & RULE_WORDS.keys()


def test_obstacles_are_the_services() -> None:
    assert list(OBSTACLES) == [NO_PLAN["code"], CLOSED["code"]]


def test_reasons_that_make_a_plan_untrue_are_those_that_keep_a_job_out_of_any() -> None:
    """The page names them: what ``obstacle`` may answer."""
    tree = ast.parse((ROOT / "service" / "planning" / "obstacles.py").read_text("utf-8"))
    found = {
        node.attr
        for function in tree.body
        if isinstance(function, ast.FunctionDef) and function.name in ("obstacle", "goods_obstacle")
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "ReasonCode"
    }
    sentence = PAGES["errors.md"]().split("out of any plan by now (")[1].split(")")[0]
    assert set(re.findall(r"`(\w+)`", sentence)) == {name.lower() for name in found}


def test_attention_is_the_services() -> None:
    assert list(ATTENTION) == [code.value for code in Attention]


def test_warnings_are_the_services() -> None:
    """Those about goods carry the reason's code; all others are written out."""
    assert first_words("_warning") | {"geocoder_unavailable", "no_stock", "over_capacity"} == set(WARNINGS)


def test_flask_smorest_is_known_to_one_module() -> None:
    users = {
        file.relative_to(ROOT).as_posix()
        for file in EDGE
        if re.search(r"^(from|import) flask_smorest", file.read_text("utf-8"), re.M)
    }
    assert users == {"api/endpoints.py"}


def test_views_are_short() -> None:
    """Load, call the service, return: a longer view is work that belongs elsewhere."""
    for file in sorted((ROOT / "api" / "resources").glob("*.py")):
        for node in ast.parse(file.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.decorator_list:
                assert len(node.body) <= 6, f"{file.name}: {node.name}"
