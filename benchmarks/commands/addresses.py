"""``python -m benchmarks addresses``: how fast an index of addresses is made and asked, and what it finds.

Needs the folder of Rennes data (``--data``); the extract is drawn, the questions are real addresses.
"""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.commands.options import positive
from benchmarks.instances.addresses import Point, draw_streets, read_sample, with_a_wrong_letter, write_extract
from service.addresses.finding import find_address
from service.addresses.importing import import_addresses
from service.addresses.index import AddressIndex
from service.addresses.streets import index_streets
from service.addresses.suggesting import suggest
from service.roads.graph import read_graph

NEAR_M = 150.0


def main(arguments: list[str]) -> int:
    """Import, ask and print."""
    parser = ArgumentParser(prog="python -m benchmarks addresses", description=__doc__, allow_abbrev=False)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/rennes"))
    parser.add_argument("--streets", type=positive, default=28_000)
    parser.add_argument("--numbers", type=positive, default=476_000)
    parser.add_argument("--suggestions", type=positive, default=2_000)
    parser.add_argument("--roads", type=Path, help="folder of a road graph, whose streets are asked too")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    sample = read_sample(asked.data)
    with TemporaryDirectory() as folder:
        file, target = Path(folder) / "adresses-35.csv.gz", Path(folder) / "addresses.sqlite3"
        count = write_extract(file, draw_streets(asked.data, asked.streets, asked.numbers, asked.seed, sample))
        begun = perf_counter()
        import_addresses(
            file, target, lambda: datetime(2026, 1, 1, tzinfo=UTC), lambda *_: None, skip_bad=False, boxes=[]
        )
        seconds = perf_counter() - begun
        print(f"import of {count} numbers: {seconds:.1f} s, {target.stat().st_size / 1e6:.1f} MB")
        _ask(AddressIndex.open(target, "addresses"), sample, asked.suggestions, asked.seed)
    graph = read_graph(asked.roads) if asked.roads is not None else None
    if graph is not None:
        print(f"streets of the road graph {graph.version}:")
        _ask(index_streets(graph.streets), sample, asked.suggestions, asked.seed)
    return 0


def _ask(index: AddressIndex, sample: list[Point], suggestions: int, seed: int) -> None:
    random = Random(seed)
    find_address(index, "1 rue Inconnue, 35000 Rennes")  # the words are read at the first unknown one
    _locate(index, "as typed", [(point, point.text) for point in sample])
    _locate(index, "one wrong letter", [(point, with_a_wrong_letter(random, point)) for point in sample])
    beginnings = [_beginning(random, random.choice(sample)) for _ in range(suggestions)]
    times = [_seconds(lambda text=text: suggest(index, text, 5)) for text in beginnings]  # type: ignore[misc]
    print(f"  {suggestions} suggestions: {_times(times)}")
    near = [_seconds(lambda text=text: suggest(index, text, 5, (48.11, -1.68))) for text in beginnings]  # type: ignore[misc]
    print(f"  {suggestions} suggestions near a place: {_times(near)}")


def _locate(index: AddressIndex, title: str, questions: list[tuple[Point, str]]) -> None:
    times, metres = [], []
    for point, text in questions:
        begun = perf_counter()
        match = find_address(index, text)
        times.append(perf_counter() - begun)
        if match.located and match.lat is not None and match.lon is not None:
            metres.append(point.metres_to(match.lat, match.lon))
    metres.sort()
    near = sum(one <= NEAR_M for one in metres)
    far = f"median {median(metres):.0f} m, p90 {metres[int(0.9 * len(metres))]:.0f} m" if metres else ""
    print(f"  {title}: {len(metres)} of {len(questions)} located, {near} within {NEAR_M:.0f} m; {far}; {_times(times)}")


def _beginning(random: Random, point: Point) -> str:
    """What has been typed so far of an address, with or without its number."""
    text = point.text.split(",")[0] + random.choice(("", f" {point.town}"))
    if random.random() < 0.5:
        text = text.split(" ", 1)[1]
    return text[: random.randint(2, len(text))]


def _seconds(ask: Callable[[], object]) -> float:
    begun = perf_counter()
    ask()
    return perf_counter() - begun


def _times(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    shown = (median(ordered), ordered[int(0.95 * len(ordered))], ordered[-1])
    return "median {:.2f} ms, p95 {:.2f} ms, longest {:.1f} ms".format(*(1000 * one for one in shown))
