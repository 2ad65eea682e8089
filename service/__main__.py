"""Commands of the service: ``python -m service migrate | worker | keys | backup | import | roads | demo ...``."""

import subprocess
import sys
from contextlib import AbstractContextManager, closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.addresses.commands import addresses
from service.commands import Commands
from service.roads.commands import roads
from service.settings import Settings

if TYPE_CHECKING:
    from service.runtime import Runtime

ROLES = ("portal", "dispatcher", "technician", "admin")


@click.group(cls=Commands)
def main() -> None:
    """Look after Tournée's data and work on its runs."""


main.add_command(roads)
main.add_command(addresses)


@main.command("migrate")
def migrate_database() -> None:
    """Bring the database to the newest schema; an empty one gets its tables and the usual kinds of job."""
    from service.kinds import add_usual_kinds  # noqa: PLC0415
    from service.runtime import Runtime  # noqa: PLC0415
    from service.store.database import Database  # noqa: PLC0415
    from service.store.migrate import migrate  # noqa: PLC0415

    settings = Settings.from_env()
    with closing(Database(settings.database_url)) as database:
        migrate(database)
    with Runtime.opened(settings) as rt, rt.database.write() as session:
        add_usual_kinds(session, rt.now())


@main.command()
def worker() -> None:
    """Work on runs; on PostgreSQL any number of machines may, on SQLite one process does."""
    _work()


@main.command(hidden=True)
def supervise() -> None:
    """The same, as a part of ``python -m api serve``."""
    from service.roads.graph import say_roads  # noqa: PLC0415

    say_roads(Settings.from_env(), partial(click.echo, err=True))
    _work()


@main.group()
def keys() -> None:
    """API keys."""


@keys.command()
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--name", required=True, help="who will use it")
@click.option("--technician", help="whose key it is, for the role technician")
def create(role: str, name: str, technician: str | None) -> None:
    """Make a key and print it, this once."""
    from service.access import create_key  # noqa: PLC0415
    from service.store.events import SERVICE  # noqa: PLC0415
    from service.store.tables import Role  # noqa: PLC0415

    with _runtime() as rt:
        click.echo(create_key(rt, SERVICE, Role(role), name, technician))


@keys.command("list")
def list_them() -> None:
    """Print every key that was ever made, without what would let anybody use it."""
    from service.access import list_keys  # noqa: PLC0415
    from service.store.events import SERVICE  # noqa: PLC0415

    with _runtime() as rt:
        made = list_keys(rt, SERVICE)
    for key in made:
        end = f"revoked {key['revoked_at']}" if key["revoked_at"] else "works"
        click.echo(f"{key['id']}  {key['role']:<10}  {key['name']}  made {key['created_at']}  {end}")


@keys.command()
@click.argument("key_id")
def revoke(key_id: str) -> None:
    """Make a key void from the next request on."""
    from service.access import revoke_key  # noqa: PLC0415
    from service.store.events import SERVICE  # noqa: PLC0415

    with _runtime() as rt:
        revoke_key(rt, SERVICE, key_id)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Copy the database into FILE, while others go on writing."""
    from service.backup import back_up  # noqa: PLC0415
    from service.store.database import Database  # noqa: PLC0415

    with closing(Database(Settings.from_env().database_url)) as database:
        back_up(database, file)


@main.command("import", context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def import_(arguments: tuple[str, ...]) -> None:
    """Take in the jobs of a CSV file, all or none: FILE [--name WHOSE] [--dry-run]."""
    command = [sys.executable, "-m", "api", "import", *arguments]  # the edge knows what a file may hold
    sys.exit(subprocess.call(command))  # noqa: S603  (our own program)


@main.command()
@click.option("--once", is_flag=True, help="stop after printing")
def demo(once: bool) -> None:
    """Show the crisis night: load, plan, publish and print it, and go on serving."""
    from service.demo.show import DEMO_ENVIRONMENT, DemoFailed, show_demo  # noqa: PLC0415
    from service.settings import default_environment  # noqa: PLC0415

    default_environment(DEMO_ENVIRONMENT)
    try:
        show_demo(Settings.from_env(), once, click.echo)
    except DemoFailed as error:
        raise click.ClickException(str(error)) from error


@main.command(hidden=True)
def tell() -> None:
    """Tell the demo's story to the server that is up."""
    from service.demo.show import DemoFailed  # noqa: PLC0415
    from service.demo.tell import tell_demo  # noqa: PLC0415

    try:
        tell_demo(Settings.from_env(), click.echo)
    except DemoFailed as error:
        raise click.ClickException(str(error)) from error


def _work() -> None:
    from service.solving.worker import work  # noqa: PLC0415

    work(Settings.from_env())


def _runtime() -> "AbstractContextManager[Runtime]":
    from service.runtime import Runtime  # noqa: PLC0415

    return Runtime.opened(Settings.from_env())


if __name__ == "__main__":
    main(prog_name="python -m service")
