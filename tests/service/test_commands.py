"""``python -m service``: each command once, as somebody types it."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.__main__ import main
from service.access import authenticate
from service.answers import Page
from service.kinds import list_kinds
from service.runtime import Runtime
from service.settings import Settings
from service.store.schema import is_at_head


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The SQLite file that the environment names; nothing is there yet."""
    file = tmp_path / "deep" / "tournee.sqlite3"
    monkeypatch.setenv("TOURNEE_DATABASE_URL", f"sqlite:///{file}")
    monkeypatch.setenv("TOURNEE_VAR", str(tmp_path))
    return file


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_migrate_makes_tables_and_the_usual_kinds(file: Path) -> None:
    assert run("migrate").exit_code == 0
    assert file.exists()
    rt = Runtime.build(Settings.from_env())
    assert is_at_head(rt.database)
    assert len(list_kinds(rt, Page()).items) == 8
    assert run("migrate").exit_code == 0
    assert len(list_kinds(rt, Page()).items) == 8
    rt.database.close()


def test_keys_are_made_listed_and_revoked(file: Path) -> None:
    assert file.parent.parent.exists()
    run("migrate")
    key = run("keys", "create", "--role", "dispatcher", "--name", "desk").output.strip()
    rt = Runtime.build(Settings.from_env())
    assert authenticate(rt, key) is not None
    line = run("keys", "list").output
    assert "dispatcher" in line
    assert key not in line
    assert run("keys", "revoke", line.split()[0]).exit_code == 0
    assert authenticate(rt, key) is None
    assert "revoked" in run("keys", "list").output
    rt.database.close()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["keys", "create", "--role", "technician", "--name", "anna"], "technician"),
        (["keys", "revoke", "key_x"], "there is no such key"),
        (["keys", "create", "--role", "boss", "--name", "anna"], "'boss' is not one of"),
    ],
)
def test_refusal_is_a_sentence(file: Path, arguments: list[str], words: str) -> None:
    assert not file.exists()
    run("migrate")
    done = run(*arguments)
    assert done.exit_code != 0
    assert words in done.output
    assert "Traceback" not in done.output


def test_bad_setting_is_a_sentence(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOURNEE_PORT", "http")
    done = run("migrate")
    assert (done.exit_code, file.exists()) == (1, False)
    assert "TOURNEE_PORT" in done.output


def test_worker_wants_a_migrated_database(file: Path) -> None:
    done = run("worker")
    assert done.exit_code == 1
    assert "run python -m service migrate" in done.output
    assert file.exists()


def test_backup_is_a_database(file: Path, tmp_path: Path) -> None:
    run("migrate")
    copy = tmp_path / "copy.sqlite3"
    assert run("backup", str(copy)).exit_code == 0
    with closing(sqlite3.connect(copy)) as opened:
        assert opened.execute("SELECT count(*) FROM kind").fetchone() == (8,)
    done = run("backup", str(copy))
    assert done.exit_code == 1
    assert "is there already" in done.output
    assert file.exists()


CSV = """external_ref;client.name;site.lat;site.lon;kind
a;Cabinet Le Gall;48.11;-1.68;vpn_setup
b;Mairie;{lat};-1.67;vpn_setup
"""


def take_in(tmp_path: Path, lat: str, *options: str) -> "subprocess.CompletedProcess[str]":
    (tmp_path / "jobs.csv").write_text(CSV.format(lat=lat))
    command = [sys.executable, "-m", "service", "import", str(tmp_path / "jobs.csv"), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def count_jobs(file: Path) -> int:
    with closing(sqlite3.connect(file)) as opened:
        (count,) = opened.execute("SELECT count(*) FROM job").fetchone()
        return int(count)


def test_import_takes_in_all_or_nothing(file: Path, tmp_path: Path) -> None:
    run("migrate")
    refused = take_in(tmp_path, "148.12")
    assert (refused.returncode, count_jobs(file)) == (1, 0)
    assert "line 3 /site/lat" in refused.stdout
    tried = take_in(tmp_path, "48.12", "--dry-run")
    assert (tried.returncode, tried.stdout, count_jobs(file)) == (0, "2 jobs, nothing wrong\n", 0)
    done = take_in(tmp_path, "48.12")
    assert (done.returncode, done.stdout, count_jobs(file)) == (0, "2 jobs were taken in\n", 2)
    again = take_in(tmp_path, "48.12")
    assert (again.returncode, count_jobs(file)) == (1, 2)
