"""The schema that migrations make is the one that the tables describe, on an empty and on a filled database."""

import json
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from service.places import NoGeocoder
from service.runtime import Runtime
from service.separation import get_separation
from service.settings import Settings
from service.store import migrate as migrations
from service.store.database import Database, UTCDateTime
from service.store.events import SERVICE
from service.store.migrate import CannotMigrate, migrate
from service.store.schema import HEAD, OtherSchema, is_at_head, require_head
from service.store.tables import ItemRow, SeparationRow, StockRow, Table
from service.travel import FormulaTravel
from tests.service.conftest import NOW


def differences(database: Database) -> list[object]:
    """What alembic would change, and what it does not look at: checks and names of constraints."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "target_metadata": Table.metadata}
        )
        found: list[object] = list(compare_metadata(context, Table.metadata))
        inspector = inspect(connection)
        for table in Table.metadata.sorted_tables:
            there = {check["name"] for check in inspector.get_check_constraints(table.name)}
            there |= {unique["name"] for unique in inspector.get_unique_constraints(table.name)}
            there |= {key["name"] for key in inspector.get_foreign_keys(table.name)}
            there.add(inspector.get_pk_constraint(table.name)["name"])
            wanted = {constraint.name for constraint in table.constraints}
            found += [(table.name, name) for name in there ^ wanted]
        return found


def test_migrated_database_equals_tables(database: Database) -> None:
    assert differences(database) == []


def test_comparison_sees_a_difference(own_database: Database) -> None:
    with own_database.write() as session:
        session.execute(text("DROP INDEX ix_job_state"))
        session.execute(text("ALTER TABLE depot ADD COLUMN colour VARCHAR"))
    assert len(differences(own_database)) == 2


def test_fresh_database_is_not_at_head_until_migrated(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    assert not is_at_head(database)
    with pytest.raises(OtherSchema, match="run python -m service migrate"):
        require_head(database)
    migrate(database)
    assert is_at_head(database)
    require_head(database)
    database.close()


def test_migrating_twice_changes_nothing(database: Database) -> None:
    migrate(database)
    assert is_at_head(database)
    assert differences(database) == []


def test_foreign_keys_hold_after_migrating(database: Database) -> None:
    migrate(database)
    with database.engine.connect() as connection:
        if database.is_sqlite:
            assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_database_of_newer_version_is_left_alone(own_database: Database) -> None:
    with own_database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CannotMigrate, match="newer version"):
        migrate(own_database)
    with own_database.read() as session:
        assert session.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"


def test_every_migration_goes_back_and_forth(own_database: Database) -> None:
    """Down to nothing and up again: the downgrade of each revision undoes what its upgrade did."""
    writer = own_database.is_sqlite
    with own_database.engine.connect().execution_options(writer=writer) as connection, connection.begin():
        migrations.run_command("downgrade", connection, "base")
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
        migrations.run_command("upgrade", connection, "head")
    assert differences(own_database) == []


def test_ties_come_to_a_filled_database(own_database: Database) -> None:
    """What was there before the rules that tie technicians together stays as it was."""
    writer = own_database.is_sqlite
    with own_database.engine.connect().execution_options(writer=writer) as connection, connection.begin():
        migrations.run_command("downgrade", connection, "0001")
        assert not {"reserve", "faces"} & set(inspect(connection).get_table_names())
        connection.execute(
            text("INSERT INTO item (sku, name, kind, created, revision) VALUES ('router', 'Router', 'loan', 1, 1)")
        )
        connection.execute(
            text(
                "INSERT INTO depot (id, name, lat, lon, call_s, removed, created, revision) "
                "VALUES ('depot_1', 'Noyal', 48.1, -1.5, 600, false, 2, 2)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO stock (depot_id, sku, on_hand, arrivals, created, revision) "
                "VALUES ('depot_1', 'router', 4, '[]', 3, 3)"
            )
        )
        rule = '{"scope": ["site"], "radius_m": 60, "buffer_s": 900, "from": "2020-03-16", "others": "own"}'
        connection.execute(text("INSERT INTO separation (id, rule, revision) VALUES (1, :rule, 4)"), {"rule": rule})
    migrate(own_database)
    assert differences(own_database) == []
    with own_database.read() as session:
        item, stock = session.get_one(ItemRow, "router"), session.get_one(StockRow, ("depot_1", "router"))
        assert (item.name, item.returned_after_days, stock.on_hand) == ("Router", None, 4)
        assert session.get_one(SeparationRow, 1).rule == json.loads(rule)
    shown = get_separation(Runtime(Settings(), own_database, FormulaTravel(), NoGeocoder(), lambda: NOW), SERVICE).body
    assert shown == json.loads(rule) | {"same_day": False, "price": None, "revision": 4}


def test_revisions_are_one_line() -> None:
    script = ScriptDirectory(str(migrations.FOLDER))
    revisions = list(script.walk_revisions())
    assert script.get_heads() == [HEAD]
    assert [revision.down_revision for revision in revisions][-1] is None


def test_migrations_name_plain_types() -> None:
    """Our own types may change; what a migration made long ago may not."""
    for file in (migrations.FOLDER / "versions").glob("*.py"):
        assert UTCDateTime.__name__ not in file.read_text()
