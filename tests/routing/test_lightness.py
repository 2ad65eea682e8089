"""The values, the judge and fit are light; engines are loaded where they are used."""

import subprocess
import sys

import pytest

HEAVY = "{'ortools', 'numba', 'pandas', 'llvmlite'}"


def loaded(statement: str) -> str:
    """Which heavy packages a fresh process has loaded after a statement."""
    code = f"{statement}\nimport sys\nprint(sorted({HEAVY} & set(sys.modules)))"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize(
    "statement", ["import routing", "from routing.solver import Limits, solve", "import routing.solver.recorder"]
)
def test_import_loads_no_optimiser(statement: str) -> None:
    assert loaded(statement) == "[]"


def test_engine_loads_its_library() -> None:
    assert "ortools" in loaded("import routing.solver.baseline")
