"""``python -m service addresses import | status``."""

from collections.abc import Callable
from pathlib import Path

import click

from service.commands import Commands
from service.narration import spaced
from service.settings import Settings


@click.group(cls=Commands)
def addresses() -> None:
    """The index of addresses on this machine."""


@addresses.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--skip-bad", is_flag=True, help="leave out the rows that cannot be used")
def import_file(file: Path, skip_bad: bool) -> None:
    """Import FILE of the French national address base (adresses-35.csv.gz), in place of what was imported before."""
    from service.addresses.importing import import_addresses  # noqa: PLC0415  (other commands start sooner)
    from service.addresses.surroundings import boxes_of  # noqa: PLC0415
    from service.runtime import real_now  # noqa: PLC0415

    settings = Settings.from_env()
    done = import_addresses(
        file, settings.addresses, real_now, _progress(file.name), skip_bad=skip_bad, boxes=boxes_of(settings)
    )
    if done.told:
        click.echo(done.told, err=True)
    left_out = f", {spaced(done.left_out)} rows left out" if done.left_out else ""
    said = f"{spaced(done.numbers)} numbers in {spaced(done.streets)} streets{left_out}"
    if done.unchanged:
        click.echo(f"Imported already: {said}. Nothing to do.")
    else:
        click.echo(f"Imported: {said}; {settings.addresses} has {done.bytes / 1e6:.1f} MB.")


@addresses.command()
def status() -> None:
    """Say which addresses are known."""
    from service.addresses.importing import addresses_in  # noqa: PLC0415
    from service.roads.graph import open_graph  # noqa: PLC0415

    settings = Settings.from_env()
    about = addresses_in(settings.addresses)
    if about is not None:
        click.echo(f"Imported: {spaced(int(about['numbers']))} numbers in {spaced(int(about['streets']))} streets")
        click.echo(f"  of {about['file']}, {about['date']}, sha256 {about['sha256']}")
        click.echo(f"  on {about['imported_at']}, {spaced(int(about['left_out']))} rows left out")
    elif settings.addresses.exists():
        click.echo(f"{settings.addresses} cannot be read: import the addresses again.")
    else:
        click.echo("No addresses are imported: python -m service addresses import FILE.csv.gz")
    if about is None:
        graph = open_graph(settings)
        found = "no road graph is built either" if graph is None else f"the streets of the road graph {graph.version}"
        click.echo(f"Addresses are located by: {found}" if graph else f"Nothing is located: {found}.")
    if settings.geocoder != "auto":
        click.echo(f"TOURNEE_GEOCODER is {settings.geocoder}.")


def _progress(name: str) -> Callable[[int, int], None]:
    """Say each tenth that has been read."""
    said = [0]

    def tell(done: int, size: int) -> None:
        tenths = 10 * done // max(1, size)
        if tenths > said[0]:
            said[0] = tenths
            click.echo(f"Reading {name}: {10 * tenths} %", err=True)

    return tell
