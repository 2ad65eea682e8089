"""The three lock files agree: what is tested and measured is what runs."""

import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.policy.test_source import imported_names

ROOT = Path(__file__).parents[2]
OURS = {"api", "service", "routing", "tests", "benchmarks"}


def pins(lock: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Version and hashes of each package of a lock file."""
    found = {}
    for block in re.split(r"^(?=[a-z0-9])", (ROOT / lock).read_text(), flags=re.MULTILINE)[1:]:
        head = re.match(r"([a-z0-9.-]+)==(\S+)", block)
        assert head, f"{lock}: not pinned: {block.splitlines()[0]}"
        found[head[1]] = (head[2], frozenset(re.findall(r"--hash=sha256:([0-9a-f]{64})", block)))
    return found


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt", "requirements-bench.txt"])
def test_every_package_is_pinned_with_hashes(lock: str) -> None:
    assert [name for name, (_, hashes) in pins(lock).items() if not hashes] == []


@pytest.mark.parametrize("lock", ["requirements-dev.txt", "requirements-bench.txt"])
def test_run_versions_are_part_of_every_lock(lock: str) -> None:
    others = pins(lock)
    assert {name: others.get(name) for name in pins("requirements.txt")} == pins("requirements.txt")


@pytest.mark.parametrize("lock", ["requirements", "requirements-dev", "requirements-bench"])
def test_every_wanted_package_is_locked(lock: str) -> None:
    lines = (ROOT / f"{lock}.in").read_text().splitlines()
    wanted = {re.split(r"[^a-z0-9-]", line)[0] for line in lines if re.match(r"[a-z0-9]", line)}
    assert wanted
    assert wanted - set(pins(f"{lock}.txt")) == set()


@pytest.mark.parametrize(
    ("lock", "packages"),
    [("requirements.txt", ["api", "service", "routing"]), ("requirements-dev.txt", ["tests"])],
)
def test_every_imported_package_is_locked(lock: str, packages: list[str]) -> None:
    locked = pins(lock)
    sources = [path.read_text() for package in packages for path in (ROOT / package).rglob("*.py")]
    roots = {name.split(".")[0] for source in sources for name in imported_names(source)}
    foreign = roots - OURS - set(sys.stdlib_module_names) - {"_typeshed"}  # that one is the type checker's own
    assert foreign
    providers = packages_distributions()
    packages_of = {root: {re.sub(r"[-_.]+", "-", name).lower() for name in providers.get(root, [])} for root in foreign}
    assert [root for root, names in packages_of.items() if not names & set(locked)] == []


def test_no_lock_names_another_source_of_packages() -> None:
    for lock in ROOT.glob("requirements*.txt"):
        assert not re.search(r"--(extra-)?index-url|--find-links|https?://", lock.read_text()), lock.name
