"""Builds a road graph from an extract, beside the one in force, and puts it in its place when it is whole."""

import hashlib
import json
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from errno import ENOSPC
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Any

from service.addresses.streets import write_street_index
from service.earth import Box, grown, holds
from service.locking import try_lock
from service.narration import Say, spaced
from service.roads import boxes, factors
from service.roads.communes import read_boundaries
from service.roads.cutting import cut_extract
from service.roads.drawing import write_network
from service.roads.extract import read_source
from service.roads.graph import Graph, Source, read_graph, write_graph
from service.roads.programs import LUA, folder_bytes, prepare
from service.roads.recipe import Recipe, wanted_box
from service.roads.refusals import RoadsRefused
from service.roads.speeds import Measured
from service.roads.streets import write_streets
from service.roads.traffic import add_slots
from service.settings import Settings
from service.travel.slots import ANY
from service.travel.source import PROFILES, Place

BUILDER = 1
"""Another number whenever the same extract would come out otherwise."""

STEPS = 5

BEYOND_M = 1_000.0
"""A graph answers so far beyond its outermost street, and no farther."""

BUILDING = "building"
SOURCES = "source"
LOCK = "lock"

_VERSION_FOLDER = re.compile(r"[0-9a-f]{16}-\d+")


def build_graph(settings: Settings, recipe: Recipe, now: Callable[[], datetime], say: Say) -> Graph:
    """Build what is wanted unless it is there; whatever fails, the graph that was there goes on serving."""
    wanted = wanted_box(settings, recipe.box, recipe.measured)
    folder = settings.roads
    with _alone(folder):
        say(f"1/{STEPS} Checking {recipe.file.name}")
        source = read_source(recipe.file, say)
        known = boxes.Known([], []) if wanted else boxes.known_places(settings)
        box = wanted or _box_around(known, say)
        version = _version(source, box, recipe.measured)
        there = read_graph(folder)
        if there is not None and there.version == version and not recipe.again:
            say(
                f"The graph of {source.name} ({there.date}) is there already: nothing to do "
                "(--again builds it anew, make roads again=1)"
            )
            return there
        with _workplace(folder) as work:
            draft = _built(source, recipe, box, known.places, work, say)
            graph = replace(draft, version=version, built_at=now().isoformat(timespec="seconds"))
            say(f"{STEPS}/{STEPS} Putting it in force")
            graph = _moved(graph, work, folder / _folder_name(folder, version))
            write_graph(folder, graph)
        _tidy(folder, graph, there)
    _tell(graph, known.places, say)
    return graph


def _built(source: Source, recipe: Recipe, box: Box | None, places: Sequence[Place], work: Path, say: Say) -> Graph:
    """The graph, in the folder where it is made."""
    say(f"2/{STEPS} Cutting it to {boxes.box_in_words(box) if box else 'the streets in it'}")
    extract, network, streets = work / "roads.osm.pbf", work / "network.sqlite3", work / "streets.csv"
    cut = cut_extract(recipe.file, extract, box, say)
    covered = _covered(box, cut.bounds)
    if places and not any(holds(covered, *place) for place in places):
        raise RoadsRefused(
            f"{source.name} covers {boxes.box_in_words(covered)} (south,west,north,east) of what is wanted, and none "
            f"of your {spaced(len(places))} depots, homes and sites lies there: a graph of the wrong region. "
            "Fetch the extract of theirs (its address is TOURNEE_ROADS_URL), or give a box"
        )
    say(f"3/{STEPS} Streets for the map and for addresses")
    measures = write_network(extract, network)
    if not measures.nodes:
        raise RoadsRefused(f"{source.name} holds paths and no street for cars in that box: nothing to plan on")
    rows = write_streets(extract, read_boundaries(recipe.file, cut.points), streets)
    write_street_index(streets)
    say(f"  {spaced(measures.nodes)} points, {measures.km:.0f} km; {spaced(rows)} points of named streets")
    say(f"4/{STEPS} Graphs for {', '.join(LUA)}, and for cars by the hour")
    data = {"car": {ANY: prepare("car", extract, work / "car" / ANY, say)}}
    traffic = add_slots(data["car"][ANY], extract, work / "car", recipe.measured, say)
    data["car"] |= traffic.data
    for profile in PROFILES:
        if profile not in data:
            data[profile] = {ANY: prepare(profile, extract, work / profile / ANY, say)}
    return Graph(
        version="",
        source=source,
        box=covered,
        built_at="",
        nodes=measures.nodes,
        ways=cut.ways,
        km=measures.km,
        slots=traffic.slots,
        data=data,
        measured=traffic.measured,
        network=network,
        streets=streets,
        extract=extract,
    )


def _box_around(known: boxes.Known, say: Say) -> Box | None:
    """What to cut to; None: nothing is known."""
    places, strays = known
    if not places:
        say(
            "  no depots, homes or sites are known yet: all of it is kept; --box south,west,north,east cuts it "
            "(make roads box=...)"
        )
        return None
    say(f"  {spaced(len(places))} depots, homes and sites, and {boxes.MARGIN_M / 1000:.0f} km around them")
    if strays:
        say(
            f"  {spaced(len(strays))} sites more lie over {boxes.REACH_M / 1000:.0f} km from every depot and home "
            f"(the first at {strays[0][0]:.2f},{strays[0][1]:.2f}) and are left out: travel to them is by formula"
        )
    return boxes.box_around(places)


def _covered(box: Box | None, bounds: Box) -> Box:
    """Where the graph may answer: in the box, and not far beyond its outermost streets."""
    most = grown(bounds, BEYOND_M)
    return (boxes.common(box, most) if box else None) or most


def _version(source: Source, box: Box | None, measured: Sequence[Measured]) -> str:
    """A digest of everything that the answers depend on."""
    parts: list[Any] = [
        BUILDER,
        package_version("osrm-bindings"),
        sorted(LUA.items()),
        source.sha256,
        box,
        sorted((one.spec, _digest(one.file)) for one in measured),
        [dict(factors.EVENING), dict(factors.SHARES), dict(factors.SLOWEST_KMH), sorted(factors.QUIET)],
        {day: list(names) for day, names in factors.default_slots().by_class.items()},
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def _digest(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise RoadsRefused(f"--speeds {file}: cannot be read ({error.strerror or error})") from None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else builds there meanwhile; the lock goes with the process, however it ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / LOCK).open("w") as lock:
            if not try_lock(lock.fileno()):
                raise RoadsRefused(f"another build is going on in {folder}: wait for it")
            yield
    except sqlite3.OperationalError as error:
        raise RoadsRefused(f"{folder}: {error}; nothing was changed") from error
    except OSError as error:
        if error.errno == ENOSPC:
            raise RoadsRefused(f"the disk of {folder} is full: nothing was changed; free space and try again") from None
        raise RoadsRefused(f"{folder}: {error.strerror or error}; nothing was changed") from error


@contextmanager
def _workplace(folder: Path) -> Iterator[Path]:
    """A new folder for a build, without what one that was broken off left there; gone at the end."""
    work = folder / BUILDING
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _folder_name(folder: Path, version: str) -> str:
    """A name that no folder has: a graph that is built anew lies beside the same one in force."""
    number = 1
    while (folder / f"{version}-{number}").exists():
        number += 1
    return f"{version}-{number}"


def _moved(graph: Graph, work: Path, home: Path) -> Graph:
    """The graph where it stays."""
    work.rename(home)

    def there(path: Path) -> Path:
        return home / path.relative_to(work)

    return replace(
        graph,
        data={profile: {slot: there(path) for slot, path in slots.items()} for profile, slots in graph.data.items()},
        network=there(graph.network),
        streets=there(graph.streets),
        extract=there(graph.extract),
    )


def _tidy(folder: Path, graph: Graph, before: Graph | None) -> None:
    """Remove graphs older than the one before, which running programs may still read."""
    kept = {one.extract.parent.name for one in (graph, before) if one is not None}
    for path in folder.iterdir():
        if _VERSION_FOLDER.fullmatch(path.name) and path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)


def _tell(graph: Graph, places: Sequence[Place], say: Say) -> None:
    """What came out, and what it leaves out."""
    size = folder_bytes(graph.extract.parent) >> 20
    say(f"Built: {spaced(graph.ways)} ways, {len(graph.slots.names)} slots, {size} MB in {graph.extract.parent}")
    outside = sum(not holds(graph.box, *place) for place in places)
    if outside:
        say(
            f"{spaced(outside)} of {spaced(len(places))} depots, homes and sites lie outside what the extract covers "
            f"({boxes.box_in_words(graph.box)}): their travel is by formula"
        )
