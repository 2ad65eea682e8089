"""The parent of ``python -m api serve``, with small programs for its parts."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from api.processes import TWICE_AT_ONCE_S
from tests.polling import wait_until
from tests.proc import MARK, Process, marked

WAITS = "import signal; signal.pause()"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); open(r'{0}', 'w').close(); signal.pause()"
CANNOT_START = "raise SystemExit(7)"

PROGRAM = """
import sys
from api.processes import Part, Tree
parts = [Part(f"part {n}", [sys.executable, "-c", source]) for n, source in enumerate(sys.argv[2:])]
sys.exit(Tree(parts, grace_s=float(sys.argv[1])).run())
"""

Grow = Callable[..., "Grown"]


class Grown:
    """A running tree."""

    def __init__(self, mark: str, *sources: str, grace_s: float = 30.0) -> None:
        self.mark = mark
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(grace_s), *sources],
            env=os.environ | {MARK: mark},
            stderr=subprocess.PIPE,
            text=True,
        )

    def parts(self) -> list[Process]:
        """The parts that are alive and past their exec."""
        return [one for one in marked(self.mark) if one.parent == self.process.pid and PROGRAM not in one.command]

    def wait_for_parts(self, count: int) -> list[Process]:
        """The parts, once there are so many."""
        return wait_until(lambda: found if len(found := self.parts()) == count else [], 10)


@pytest.fixture
def grow() -> Iterator[Grow]:
    mark = uuid4().hex
    trees: list[Grown] = []

    def start(*sources: str, grace_s: float = 30.0) -> Grown:
        trees.append(Grown(mark, *sources, grace_s=grace_s))
        return trees[-1]

    yield start
    for process in marked(mark):
        process.kill()
    for tree in trees:
        tree.process.communicate()


def test_killed_part_is_started_again(grow: Grow) -> None:
    tree = grow(WAITS, WAITS)
    first, second = tree.wait_for_parts(2)
    first.kill()
    wait_until(lambda: {one.pid for one in tree.wait_for_parts(2)} - {first.pid, second.pid}, 10)
    assert second.pid in {one.pid for one in tree.parts()}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_parts_and_tree(grow: Grow, number: signal.Signals) -> None:
    tree = grow(WAITS, WAITS)
    tree.wait_for_parts(2)
    tree.process.send_signal(number)
    assert tree.process.wait(10) == 0
    assert marked(tree.mark) == []


def test_killed_tree_takes_its_parts_with_it(grow: Grow) -> None:
    tree = grow(WAITS, WAITS)
    tree.wait_for_parts(2)
    tree.process.kill()
    wait_until(lambda: not marked(tree.mark), 1, "an orphan lives on")


def test_part_that_cannot_start_ends_the_tree_with_its_code(grow: Grow) -> None:
    tree = grow(WAITS, CANNOT_START)
    assert tree.process.wait(10) == 7
    assert marked(tree.mark) == []


def test_part_that_hangs_is_killed_after_the_grace(grow: Grow, tmp_path: Path) -> None:
    deaf = tmp_path / "deaf"
    tree = grow(STUBBORN.format(deaf), grace_s=0.3)
    wait_until(deaf.exists, 10)
    tree.process.terminate()
    assert tree.process.wait(10) == 0
    assert marked(tree.mark) == []


def test_impatient_ctrl_c_does_not_wait(grow: Grow, tmp_path: Path) -> None:
    """Only one that comes later counts: the first may come twice at once."""
    deaf = tmp_path / "deaf"
    tree = grow(STUBBORN.format(deaf))
    wait_until(deaf.exists, 10)
    tree.process.send_signal(signal.SIGINT)
    asked = time.monotonic()

    def press() -> bool:
        tree.process.send_signal(signal.SIGINT)
        return tree.process.poll() is not None

    wait_until(press, 10)
    assert tree.process.returncode == 0
    assert time.monotonic() - asked > TWICE_AT_ONCE_S


def test_parent_is_small() -> None:
    program = "import sys, api.processes; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert {"flask", "sqlalchemy", "numpy", "marshmallow", "ortools"}.isdisjoint(loaded)
