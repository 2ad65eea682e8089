"""A file of jobs from the command line, read as when it comes by HTTP."""

from collections.abc import Callable
from pathlib import Path

from werkzeug.exceptions import BadRequest

from api.spreadsheet import Row, read_rows
from service.jobs import import_jobs
from service.runtime import Runtime
from service.settings import Settings
from service.store.events import Actor
from service.store.tables import Role


def import_file(file: Path, name: str, dry_run: bool, say: Callable[[str], None]) -> int:
    """Take in all rows, or none and say what is wrong with which; answers how many faults there are."""
    try:
        rows = read_rows(file.read_bytes())
    except BadRequest as error:
        say(str(error.description))
        return 1
    with Runtime.opened(Settings.from_env()) as rt:
        return _import_rows(rt, Actor(name, Role.DISPATCHER), rows, dry_run, say)


def _import_rows(rt: Runtime, actor: Actor, rows: list[Row], dry_run: bool, say: Callable[[str], None]) -> int:
    found = import_jobs(rt, actor, rows, dry_run=True).body
    for fault in found["errors"]:
        say(f"line {fault['line']} {fault['pointer']}: {fault['detail']} ({fault['code']})")
    if found["errors"]:
        say(f"{len(found['errors'])} faults; nothing was taken in")
    elif dry_run:
        say(f"{found['rows']} jobs, nothing wrong")
    else:
        say(f"{import_jobs(rt, actor, rows).body['created']} jobs were taken in")
    return len(found["errors"])
