""".ci/pages: where the scripts of others come from, and what happens when they do not come."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ["cat", "cksum", "cp", "dirname", "flock", "mkdir", "mv", "rm", "sh"]

# An npm that makes what the real one would; what it is told stands in npm.log.
NPM = """#!/bin/sh
echo "$@" >>npm.log
[ -e npm.fails ] && exit 1
for file in leaflet/LICENSE leaflet/dist/leaflet.js leaflet/dist/leaflet.css leaflet/dist/images/a.png \\
    htmx.org/LICENSE htmx.org/dist/htmx.min.js; do
    mkdir -p "node_modules/$(dirname $file)"
    echo "$file" >"node_modules/$file"
done
"""


class Machine:
    """A copy of what set-up needs, and a PATH of its own."""

    def __init__(self, folder: Path) -> None:
        self.bin, self.project = folder / "bin", folder / "project"
        self.vendor = self.project / "api/pages/static/vendor"
        (self.project / ".ci").mkdir(parents=True)
        self.bin.mkdir()
        shutil.copy(ROOT / ".ci/pages", self.project / ".ci")
        shutil.copy(ROOT / "package-lock.json", self.project)
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool) or f"/missing/{tool}")
        self.put("npm", NPM)
        self.put("node", "#!/bin/sh\nexit 0\n")

    def put(self, name: str, text: str) -> None:
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def run(self) -> tuple[int, str]:
        command = [str(self.bin / "sh"), ".ci/pages"]
        environment = {"PATH": str(self.bin)}
        done = subprocess.run(command, cwd=self.project, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stderr

    @property
    def installations(self) -> int:
        log = self.project / "npm.log"
        return len(log.read_text().splitlines()) if log.exists() else 0


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_scripts_come_with_their_licences_once(machine: Machine) -> None:
    assert machine.run()[0] == 0
    there = {file.relative_to(machine.vendor).as_posix() for file in machine.vendor.rglob("*") if file.is_file()}
    assert {"leaflet/leaflet.js", "leaflet/LICENSE", "htmx.org/htmx.min.js", "htmx.org/LICENSE"} <= there
    assert machine.run() == (0, "")
    assert machine.installations == 1
    words = (machine.project / "npm.log").read_text().split()
    assert {"ci", "--ignore-scripts"} <= set(words)


def test_changed_lock_is_fetched_anew(machine: Machine) -> None:
    machine.run()
    (machine.vendor / "old.js").touch()
    with (machine.project / "package-lock.json").open("a") as lock:
        lock.write("\n")
    assert machine.run()[0] == 0
    assert machine.installations == 2
    assert not (machine.vendor / "old.js").exists()


def test_what_was_there_stays_when_nothing_comes(machine: Machine) -> None:
    machine.run()
    (machine.vendor / "ready").write_text("older")
    (machine.project / "npm.fails").touch()
    code, message = machine.run()
    assert code == 1
    assert "make pages" in message
    assert (machine.vendor / "leaflet/leaflet.js").exists()
    (machine.project / "npm.fails").unlink()
    assert machine.run()[0] == 0


def test_machine_without_node_gets_it_by_its_lock(machine: Machine) -> None:
    (machine.bin / "npm").unlink()
    setup = machine.project / ".ci/setup"
    setup.write_text('echo "$@" >asked\nexit 1\n')
    assert machine.run()[0] == 1
    assert (machine.project / "asked").read_text() == "requirements-node.txt\n"


def test_every_script_is_locked_with_its_hash_and_names_no_server() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    wanted = json.loads((ROOT / "package.json").read_text())
    assert {name.removeprefix("node_modules/") for name in packages} == {
        *wanted["dependencies"],
        *wanted["devDependencies"],
    }
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert not any("resolved" in package for package in packages.values())


def test_set_up_goes_on_without_the_scripts_but_not_in_ci() -> None:
    line = next(line for line in (ROOT / "Makefile").read_text().splitlines() if line.startswith("pages   :="))
    command = line.split("@", 1)[1].replace("$$", "$").replace(".ci/pages", "-c 'exit 1'")
    for name, code in (("", 0), ("true", 1)):
        done = subprocess.run([shutil.which("sh") or "sh", "-c", command], env=os.environ | {"CI": name}, check=False)
        assert done.returncode == code
