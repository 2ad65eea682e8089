"""Commands of the edge: ``python -m api serve | web | openapi``."""

import sys
from pathlib import Path

import click


@click.group()
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


if __name__ == "__main__":
    main(prog_name="python -m api")
