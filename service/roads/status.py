"""What ``python -m service roads status`` tells."""

from collections.abc import Iterator

from service.narration import spaced
from service.roads.boxes import box_in_words
from service.roads.graph import MANIFEST, open_graph, roads_in_words
from service.roads.programs import folder_bytes
from service.settings import Settings


def status_lines(settings: Settings) -> Iterator[str]:
    """The graph in force, its source, what it covers and its slots."""
    yield roads_in_words(settings)
    graph = open_graph(settings)
    if graph is None:
        if (settings.roads / MANIFEST).exists():
            yield f"{settings.roads / MANIFEST} is there and cannot be used: run make roads again"
        return
    yield f"source     {graph.source.name}, {spaced(graph.source.bytes)} bytes, data of {graph.source.date}"
    yield f"sha256     {graph.source.sha256}"
    yield f"box        {box_in_words(graph.box)} (south,west,north,east)"
    yield f"size       {spaced(graph.nodes)} points, {spaced(graph.ways)} ways, {graph.km:.0f} km for cars"
    yield f"profiles   {', '.join(graph.data)}"
    yield f"slots      {', '.join(graph.slots.names)}"
    for slot, name in graph.measured.items():
        yield f"measured   {slot}: {name}"
    yield f"built      {graph.built_at}, version {graph.version}"
    yield f"on disk    {folder_bytes(graph.extract.parent) >> 20} MB in {graph.extract.parent}"
    yield "licence    © OpenStreetMap contributors, ODbL 1.0"
