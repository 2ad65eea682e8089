"""What /readyz asks, each check failing for its own reason."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text, update

from service.health import readiness
from service.places import NoGeocoder
from service.runtime import Runtime
from service.settings import Settings
from service.solving.beats import Heart, seconds_since_beat
from service.store.database import Database
from service.store.tables import WorkerRow
from service.travel import FormulaTravel
from tests.service.conftest import NOW

HEALTHY = {"database": True, "migrations": True, "supervisor": True, "disk": True, "travel": True}


def verdicts(rt: Runtime) -> dict[str, bool]:
    return {finding["check"]: finding["ok"] for finding in readiness(rt)}


def detail(rt: Runtime, check: str) -> str:
    (found,) = [finding["detail"] for finding in readiness(rt) if finding["check"] == check]
    return str(found)


def beating(rt: Runtime) -> Runtime:
    Heart(rt).beat()
    return rt


def on(url: str, **settings: Any) -> Runtime:
    """A runtime on a database that may not be there."""
    return Runtime(Settings(**settings), Database(url), FormulaTravel(), NoGeocoder(), lambda: NOW)


def test_all_is_well(runtime: Runtime) -> None:
    assert verdicts(beating(runtime)) == HEALTHY


def test_nobody_works(runtime: Runtime) -> None:
    assert verdicts(runtime) == HEALTHY | {"supervisor": False}
    assert "nobody has ever worked" in detail(runtime, "supervisor")


def test_worker_has_fallen_silent(runtime: Runtime) -> None:
    beating(runtime)
    with runtime.database.write() as session:
        session.execute(update(WorkerRow).values(beat_at=runtime.real_now() - timedelta(seconds=31)))
    assert verdicts(runtime) == HEALTHY | {"supervisor": False}
    assert "the last sign is 31 s old" in detail(runtime, "supervisor")


def test_one_beating_worker_is_enough(runtime: Runtime) -> None:
    beating(runtime)
    with runtime.database.write() as session:
        session.execute(update(WorkerRow).values(beat_at=runtime.real_now() - timedelta(minutes=5)))
    assert verdicts(beating(runtime)) == HEALTHY


def test_worker_beats_when_it_is_time_again(runtime: Runtime) -> None:
    heart = Heart(runtime)
    heart.beat()
    with runtime.database.write() as session:
        session.execute(update(WorkerRow).values(beat_at=runtime.real_now() - timedelta(seconds=20)))
    heart.beat()
    assert (seconds_since_beat(runtime) or 0.0) > 15


def test_workers_of_long_ago_are_forgotten(runtime: Runtime) -> None:
    beating(runtime)
    with runtime.database.write() as session:
        session.execute(update(WorkerRow).values(beat_at=runtime.real_now() - timedelta(hours=2)))
    heart = Heart(runtime)
    heart.beat()
    with runtime.database.read() as session:
        assert [row.id for row in session.query(WorkerRow)] == [heart.id]


def test_schema_of_another_version(own_database: Database, runtime: Runtime) -> None:
    rt = beating(replace(runtime, database=own_database))
    with own_database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert verdicts(rt) == HEALTHY | {"migrations": False}


def test_disk_is_nearly_full(runtime: Runtime) -> None:
    rt = beating(replace(runtime, settings=replace(runtime.settings, min_free_mb=10**9)))
    assert verdicts(rt) == HEALTHY | {"disk": False}
    assert "1000000000 MB wanted" in detail(rt, "disk")


def test_database_is_gone(tmp_path: Path) -> None:
    rt = on(f"postgresql://nobody@/nowhere?host={tmp_path}", var=tmp_path)
    assert verdicts(rt) == {"database": False, "migrations": False, "supervisor": False, "disk": True, "travel": True}


def test_database_was_never_migrated(tmp_path: Path) -> None:
    rt = on(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    assert verdicts(rt) == {"database": True, "migrations": False, "supervisor": False, "disk": True, "travel": True}
    rt.database.close()
