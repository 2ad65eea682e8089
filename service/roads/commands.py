"""``python -m service roads build | collect | status``: the road graph that plans are made on."""

from pathlib import Path

import click

from service.settings import Settings


@click.group()
def roads() -> None:
    """The road graph."""


@roads.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--box", default="", help="south,west,north,east to cut to; default: depots, homes, sites and 15 km")
@click.option("--speeds", multiple=True, metavar="SLOT=FILE.csv", help="measured speeds, e.g. 17:00-18:30=peak.csv")
@click.option("--collected", is_flag=True, help="use the speeds that `roads collect` averaged, where none are given")
@click.option("--again", is_flag=True, help="build also when the same graph is there")
def build(file: Path | None, box: str, speeds: tuple[str, ...], collected: bool, again: bool) -> None:
    """Build the graph of FILE.osm.pbf; without one, of the extract that TOURNEE_ROADS_URL names, fetched first."""
    from service.roads.building import SOURCES, build_graph  # noqa: PLC0415
    from service.roads.collecting import collected_speeds  # noqa: PLC0415
    from service.roads.downloading import download  # noqa: PLC0415
    from service.roads.graph import say_roads  # noqa: PLC0415
    from service.roads.recipe import Recipe, wanted_box  # noqa: PLC0415
    from service.roads.speeds import read_options  # noqa: PLC0415
    from service.runtime import real_now  # noqa: PLC0415

    settings = Settings.from_env()
    measured = read_options(speeds)
    if collected:
        measured += collected_speeds(settings.roads, measured, click.echo)
    wanted_box(settings, box, measured)
    file = file or download(settings.roads_url, settings.roads / SOURCES, click.echo)
    build_graph(settings, Recipe(file, box, measured, again), real_now, click.echo)
    say_roads(settings, click.echo)


@roads.command()
@click.option("--file", "saved", type=click.Path(path_type=Path), help="a state of the feed that was saved as CSV")
def collect(saved: Path | None) -> None:
    """Add the traffic of this moment to the averages, from the feed of TOURNEE_TRAFFIC_FEED_URL."""
    from service.roads.collecting import collect_traffic  # noqa: PLC0415

    collect_traffic(Settings.from_env(), saved, click.echo)


@roads.command()
def status() -> None:
    """Tell which graph is in force."""
    from service.roads.status import status_lines  # noqa: PLC0415

    for line in status_lines(Settings.from_env()):
        click.echo(line)
