"""Commands of the edge: ``python -m api serve | web | openapi``."""

import sys
from pathlib import Path

import click

from service.commands import Commands


@click.group(cls=Commands)
def main() -> None:
    """Serve Tournée, or write its description."""


@main.command()
def serve() -> None:
    """Everything on one machine: migrate, plan and answer requests."""
    from api.processes import serve as serve_all  # noqa: PLC0415

    sys.exit(serve_all())


@main.command()
def web() -> None:
    """Answer requests only; `python -m service worker` plans, on this machine or on others."""
    from api.gunicorn import serve_web  # noqa: PLC0415

    serve_web()


@main.command()
@click.option("--check", is_flag=True, help="only say whether the file is what the code says")
@click.option("--file", "path", type=click.Path(path_type=Path), default=Path("openapi.yaml"), show_default=True)
def openapi(check: bool, path: Path) -> None:
    """Write openapi.yaml from the code."""
    from api.openapi import document  # noqa: PLC0415

    text = document()
    if not check:
        path.write_text(text, encoding="utf-8")
    elif not path.exists() or path.read_text(encoding="utf-8") != text:
        raise click.ClickException(f"{path} is stale: run python -m api openapi")


@main.command("import", hidden=True)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--name", default="import", show_default=True, help="whose external_refs these are")
@click.option("--dry-run", is_flag=True, help="only say what is wrong")
def import_(file: Path, name: str, dry_run: bool) -> None:
    """Take in the jobs of a CSV file: `python -m service import`."""
    from api.importing import import_file  # noqa: PLC0415

    faults = import_file(file, name, dry_run, click.echo)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main(prog_name="python -m api")
