""".ci/setup: which Python it takes, what it says when there is none, and what it does not trust."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REAL = Path(sys.base_prefix, "bin", f"python3.{sys.version_info.minor}")
TOOLS = ["cat", "cksum", "dirname", "flock", "grep", "head", "mv", "rm", "sed", "sh", "sort", "timeout", "touch"]

# The real Python behind a changed face: it runs what it is given after these changes.
GOOD = 'sys.modules["ensurepip"] = sys'
OLD = "sys.version_info = (3, 11, 2)"
NO_GIL = 'sys.abiflags = "t"'
PIP_ONLY = 'sys.modules["ensurepip"] = None; sys.modules["pip"] = sys'
BARE = 'sys.modules["ensurepip"] = sys.modules["pip"] = None'

SHIM = '#!/bin/sh\necho "pyenv: python3.12: command not found" >&2\nexit 127\n'

# A Python as Debian has it without python3-venv. Its pip is a list of calls, and does what a test asks for.
DEBIAN = f"""#!/bin/sh
case "$1 $2" in
"-m venv")
    {REAL} "$@" || exit
    sed -i "s|^executable = .*|executable = $0|" .venv/pyvenv.cfg ;;
"-m pip")
    shift 2
    echo "$@" >>pip.log
    if [ -e pip.does ]; then . ./pip.does; fi ;;
*)
    exec {REAL} -c 'import sys; {PIP_ONLY}; exec(sys.argv[1])' "$2" ;;
esac
"""


class Machine:
    """A machine whose PATH, home and copy of the project lie in one folder."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.home = folder / "home"
        self.project = folder / "project"
        for path in (self.bin, self.home, self.project / ".ci"):
            path.mkdir(parents=True)
        shutil.copy(ROOT / ".ci/setup", self.project / ".ci")
        (self.project / "lock.txt").write_text("# no package\n")
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool) or f"/missing/{tool}")

    def put(self, name: str, text: str, folder: Path | None = None) -> Path:
        """An executable file."""
        path = (folder or self.bin) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return path

    def put_python(self, name: str, face: str, folder: Path | None = None) -> Path:
        """A Python that differs from the real one by its face; it can only run ``-c``."""
        text = f'#!/bin/sh\n[ "$1" = -c ] || exit 9\nexec {REAL} -c \'import sys; {face}; exec(sys.argv[1])\' "$2"\n'
        return self.put(name, text, folder)

    def pyenv(self, version: str) -> Path:
        return self.home / ".pyenv/versions" / version / "bin"

    def start(self, *arguments: str, extra: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        environment = {"PATH": str(self.bin), "HOME": str(self.home), **(extra or {})}
        command = [str(self.bin / "sh"), ".ci/setup", *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=self.project, env=environment, stdout=pipe, stderr=pipe, text=True)

    def run(self, *arguments: str, **extra: str) -> tuple[int, str, str]:
        """Exit code, output and messages of ``.ci/setup``."""
        process = self.start(*arguments, extra=extra)
        output, messages = process.communicate(timeout=60)
        return process.returncode, output.strip(), messages

    def found(self, **extra: str) -> str:
        code, output, messages = self.run("--find", **extra)
        assert code == 0, messages
        return output

    @property
    def installations(self) -> int:
        log = self.project / "pip.log"
        return len(log.read_text().splitlines()) if log.exists() else 0


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


# ---- which Python ----


def test_python_of_the_environment_comes_first(machine: Machine) -> None:
    machine.put_python("python3.14", GOOD)
    chosen = machine.put_python("mine", GOOD, machine.home)
    assert machine.found(PYTHON=str(chosen)) == str(chosen)


@pytest.mark.parametrize("newest", ["python3.14", "python3.13", "python3.12", "python3"])
def test_newest_on_path_comes_before_older_ones_and_pyenv(machine: Machine, newest: str) -> None:
    names = ["python3.14", "python3.13", "python3.12", "python3"]
    for name in names[names.index(newest) :]:
        machine.put_python(name, GOOD)
    machine.put_python("python", GOOD, machine.pyenv("3.14.1"))
    assert machine.found() == str(machine.bin / newest)


@pytest.mark.parametrize("face", [OLD, NO_GIL, BARE])
def test_unfit_python_is_passed_over(machine: Machine, face: str) -> None:
    machine.put_python("python3.12", face)
    machine.put_python("python3", GOOD)
    assert machine.found() == str(machine.bin / "python3")


def test_python_with_pip_but_without_ensurepip_is_taken(machine: Machine) -> None:
    machine.put_python("python3", PIP_ONLY)
    assert machine.found() == str(machine.bin / "python3")


def test_broken_shims_give_way_to_the_newest_pyenv_version(machine: Machine) -> None:
    machine.put("python3.12", SHIM)
    machine.put_python("python3", OLD)
    machine.put_python("python", OLD, machine.pyenv("3.9.18"))
    machine.put_python("python", GOOD, machine.pyenv("3.12.9"))
    newest = machine.put_python("python", GOOD, machine.pyenv("3.12.10"))
    assert machine.found() == str(newest)


def test_pyenv_root_is_honoured(machine: Machine, tmp_path: Path) -> None:
    python = machine.put_python("python", GOOD, tmp_path / "a root/versions/3.13.0/bin")
    assert machine.found(PYENV_ROOT=str(tmp_path / "a root")) == str(python)


def test_python_of_the_venv_that_may_go_is_not_taken(machine: Machine) -> None:
    inside = machine.put_python("python3.12", GOOD, machine.project / ".venv/bin")
    machine.put_python("python3", GOOD)
    assert machine.found(PATH=f"{inside.parent}:{machine.bin}") == str(machine.bin / "python3")


def test_uv_is_asked_last_and_only_then(machine: Machine) -> None:
    python = machine.put_python("cpython", GOOD, machine.home)
    machine.put("uv", f'#!/bin/sh\necho "$*" >>"{machine.home}/uv.log"\n[ "$2" = find ] && echo {python}; exit 0\n')
    assert machine.found() == str(python)
    asked = (machine.home / "uv.log").read_text().splitlines()
    assert asked == ["python install 3.12", "python find --system 3.12"]
    machine.put_python("python3", GOOD)
    assert machine.found() == str(machine.bin / "python3")
    assert (machine.home / "uv.log").read_text().splitlines() == asked


def test_without_any_python_the_commands_are_told(machine: Machine) -> None:
    machine.put("uv", "#!/bin/sh\nexit 1\n")  # no network
    code, output, messages = machine.run("--find")
    assert (code, output) == (1, "")
    for command in ("apt-get install python3 python3-pip python3-venv", "pyenv install 3.12", "uv python install 3.12"):
        assert command in messages


def test_message_tells_why_each_python_was_passed_over(machine: Machine) -> None:
    machine.put("python3.12", SHIM)
    machine.put_python("python3.13", BARE)
    machine.put_python("python3", OLD)
    code, _, messages = machine.run("--find", PYTHON="/nowhere/python")
    assert code == 1
    assert "/nowhere/python: not there" in messages
    assert f"{machine.bin}/python3.12: pyenv: python3.12: command not found" in messages
    assert f"{machine.bin}/python3.13: has neither pip nor ensurepip" in messages
    assert f"{machine.bin}/python3: Python 3.11 is older than 3.12" in messages


def test_no_venv_is_touched_when_no_python_is_found(machine: Machine) -> None:
    code, _, _ = machine.run("lock.txt")
    assert code == 1
    assert not (machine.project / ".venv").exists()


# ---- .venv ----


@pytest.fixture
def debian(machine: Machine) -> Machine:
    machine.put("python3", DEBIAN)
    return machine


def test_venv_is_filled_from_outside_with_hashes(debian: Machine) -> None:
    code, _, messages = debian.run("lock.txt")
    assert code == 0, messages
    words = (debian.project / "pip.log").read_text().split()
    assert words[:3] == ["--python", ".venv/bin/python", "install"]
    assert {"--require-hashes", "--only-binary", "lock.txt"} <= set(words)


def test_second_run_does_nothing_and_says_nothing(debian: Machine) -> None:
    debian.run("lock.txt")
    assert debian.run("lock.txt") == (0, "", "")
    assert debian.installations == 1


def test_changed_lock_is_installed_over(debian: Machine) -> None:
    debian.run("lock.txt")
    kept = debian.project / ".venv/kept"
    kept.touch()
    (debian.project / "lock.txt").write_text("# another package\n")
    assert debian.run("lock.txt")[0] == 0
    assert debian.installations == 2
    assert kept.exists()


def test_second_lock_is_added_and_the_first_stays_known(debian: Machine) -> None:
    (debian.project / "more.txt").write_text("# more\n")
    debian.run("lock.txt")
    debian.run("lock.txt", "more.txt")
    assert debian.installations == 2
    assert debian.run("lock.txt", "more.txt") == (0, "", "")


@pytest.mark.parametrize("fault", ["kill -9 $PPID", "exit 1"])
def test_unfinished_venv_is_made_anew(debian: Machine, fault: str) -> None:
    does = debian.project / "pip.does"
    does.write_text(f"touch .venv/half; {fault}\n")
    assert debian.run("lock.txt")[0] != 0
    assert (debian.project / ".venv/half").exists()
    does.unlink()
    assert debian.run("lock.txt")[0] == 0
    assert not (debian.project / ".venv/half").exists()
    assert debian.run("lock.txt") == (0, "", "")


@pytest.mark.parametrize("damage", ["python", "ready"])
def test_damaged_venv_is_made_anew(debian: Machine, damage: str) -> None:
    debian.run("lock.txt")
    venv = debian.project / ".venv"
    (venv / {"python": "bin/python", "ready": "ready"}[damage]).unlink()
    (venv / "old").touch()
    assert debian.run("lock.txt")[0] == 0
    assert not (venv / "old").exists()
    assert os.access(venv / "bin/python", os.X_OK)


def test_moved_project_gets_a_new_venv(debian: Machine) -> None:
    debian.run("lock.txt")
    moved = debian.project.rename(debian.project.with_name("moved project"))
    debian.project = moved
    (moved / ".venv/old").touch()
    assert debian.run("lock.txt")[0] == 0
    assert not (moved / ".venv/old").exists()


def test_two_at_once_install_once(debian: Machine) -> None:
    both = [debian.start("lock.txt") for _ in range(2)]
    assert [process.communicate(timeout=60) and process.returncode for process in both] == [0, 0]
    assert debian.installations == 1


# ---- Makefile ----


def make(*arguments: str) -> list[str]:
    """Lines that make prints, as when a user calls it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_make_alone_lists_every_command_of_the_contract() -> None:
    listed = {line.split()[1] for line in make()}
    assert listed >= {"demo", "serve", "test", "faults", "lint", "bench", "lock", "openapi", "clean", "setup"}


@pytest.mark.parametrize(
    ("target", "compiles"),
    [(name, True) for name in ("demo", "serve", "setup", "test", "faults", "coverage", "bench")]
    + [(name, False) for name in ("lint", "format", "openapi")],
)
def test_whatever_may_solve_compiles_the_search_first(target: str, compiles: bool) -> None:
    lines = make("--dry-run", target)
    compiling = [number for number, line in enumerate(lines) if line.endswith("-m routing.solver.compile")]
    assert len(compiling) == compiles
    if compiles and target != "setup":
        assert compiling[0] < len(lines) - 1


@pytest.mark.parametrize(("argument", "words"), [("once=1", ["demo", "--once"]), ("once=", ["demo"])])
def test_make_demo_passes_once_on(argument: str, words: list[str]) -> None:
    assert make("--dry-run", "demo", argument)[-1].split()[3:] == words
