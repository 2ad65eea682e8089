"""Every import rule of pyproject.toml is broken by what it forbids and kept by what it allows."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = [
    "api",
    "service",
    *(f"service/{name}" for name in ("addresses", "osrm", "places", "roads", "store", "travel")),
    "routing",
    "routing/solver",
]

BREAKS = {
    "routing/up.py": ("import service.store", "imports run one way"),
    "service/up.py": ("import api.app", "imports run one way"),
    "api/deep.py": ("import routing", "api knows service only"),
    "service/page.py": ("from flask import g", "the web stack is in api only"),
    "routing/web.py": ("import marshmallow", "the web stack is in api only"),
    "api/rows.py": ("from sqlalchemy import select", "the database is in service only"),
    "service/solve.py": ("import ortools.sat.python.cp_model", "optimisers are in routing.solver only"),
    "routing/fit.py": ("import numba", "optimisers are in routing.solver only"),
    "service/web.py": ("import jinja2", "the web stack is in api only"),
    "service/fetch.py": ("import requests", "geopy is in service.places only"),
    "service/travel/server.py": ("import urllib3", "geopy is in service.places only"),
    "api/places.py": ("import geopy", "geopy is in service.places only"),
    "service/travel/process.py": ("import osrm", "the road engine is in service.osrm"),
    "service/roads/graph.py": ("import osrm", "the road engine is in service.osrm"),
    "service/road_map.py": ("from osmium.osm import WAY", "extracts of OpenStreetMap are read in service.roads"),
    "service/places/likeness.py": ("from rapidfuzz import process", "fuzzy matching is in service.addresses"),
    "service/travel/valhalla.py": ("import valhalla", "test tools are in tests only"),
    "service/jobs.py": ("from environs import Env", "the environment is in service.settings only"),
}

KEEPS = {
    "api/app.py": "import flask, service.jobs",
    "service/jobs.py": "import routing",
    "service/store/rows.py": "import sqlalchemy",
    "service/places/online.py": "import geopy",
    "service/osrm/roads.py": "import osrm",
    "service/roads/programs.py": "import osrm",
    "service/roads/matching.py": "import osmium, osrm",
    "service/addresses/similarity.py": "import rapidfuzz",
    "routing/solver/master.py": "import ortools, numba",
}


def judge_imports(folder: Path, modules: dict[str, str]) -> str:
    """The words of import-linter about a small house with these modules, by the project's own rules."""
    for package in PACKAGES:
        (folder / package).mkdir(parents=True)
        (folder / package / "__init__.py").touch()
    for file, source in {"api/app.py": "", "service/settings.py": "import environs", **modules}.items():
        (folder / file).write_text(source)
    shutil.copy(ROOT / "pyproject.toml", folder)
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("file", BREAKS)
def test_forbidden_import_breaks_its_rule(tmp_path: Path, file: str) -> None:
    source, rule = BREAKS[file]
    broken = [line for line in judge_imports(tmp_path, {file: source}).splitlines() if " BROKEN" in line]
    assert len(broken) == 1
    assert broken[0].startswith(rule)


def test_imports_in_their_place_are_kept(tmp_path: Path) -> None:
    assert " 0 broken" in judge_imports(tmp_path, KEEPS)


def test_who_serves_loads_neither_optimisers_nor_builders_of_graphs() -> None:
    program = "import sys, api.app; print(*{name.split('.')[0] for name in sys.modules})"
    command = [sys.executable, "-c", program]
    loaded = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert "flask" in loaded
    assert {"ortools", "numba", "osrm", "osmium", "geopy"}.isdisjoint(loaded)
