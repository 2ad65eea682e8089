"""``python -m service addresses``, as somebody types it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.__main__ import main
from service.depots import post_depot
from service.runtime import Runtime
from service.settings import Settings
from tests.service.addresses.extracts import LEPERDIT, row, rows_of, write
from tests.service.things import DISPATCHER


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file to import, in an environment of its own."""
    monkeypatch.setenv("TOURNEE_DATABASE_URL", f"sqlite:///{tmp_path}/tournee.sqlite3")
    monkeypatch.setenv("TOURNEE_ADDRESSES", str(tmp_path / "addresses.sqlite3"))
    monkeypatch.setenv("TOURNEE_ROADS", str(tmp_path / "roads"))
    return write(tmp_path / "adresses-35.csv.gz", rows_of())


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["addresses", *arguments])


def test_import_says_what_it_did_and_does_it_once(file: Path) -> None:
    assert "No addresses are imported" in run("status").output
    done = run("import", str(file))
    assert done.exit_code == 0, done.output
    assert "Reading adresses-35.csv.gz: 100 %" in done.output
    assert "Imported: 17 numbers in 12 streets;" in done.output
    assert not (file.parent / "tournee.sqlite3").exists()
    assert "Nothing to do." in run("import", str(file)).output
    status = run("status").output
    assert "17 numbers in 12 streets" in status
    assert "adresses-35.csv.gz" in status
    assert "sha256" in status


def test_faults_are_told_and_the_exit_says_so(file: Path) -> None:
    write(file, [*rows_of(), row("x", "", LEPERDIT, "48.1", "-1.6")])
    refused = run("import", str(file))
    assert refused.exit_code == 1
    assert "1 of 18 rows cannot be used" in refused.output
    assert "line 19" in refused.output
    assert "No addresses are imported" in run("status").output
    done = run("import", "--skip-bad", str(file))
    assert done.exit_code == 0
    assert "1 rows left out" in done.output
    assert "1 rows left out" in run("status").output


def test_addresses_far_from_the_depots_are_imported_with_a_warning(file: Path) -> None:
    assert CliRunner().invoke(main, ["migrate"]).exit_code == 0
    with Runtime.opened(Settings.from_env()) as rt:
        post_depot(rt, DISPATCHER, {"name": "Marseille", "lat": 43.3, "lon": 5.4})
    done = run("import", str(file))
    assert done.exit_code == 0
    assert "is this the right department?" in done.output


def test_damaged_index_is_said(file: Path) -> None:
    (file.parent / "addresses.sqlite3").write_bytes(b"damaged" * 1000)
    assert "cannot be read: import the addresses again" in run("status").output
