"""Which ways of OpenStreetMap are kept: those that a car, a bicycle or somebody on foot may take."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # whoever serves maps wants the names, and not the library that reads extracts
    from osmium.osm import TagList

DRIVABLE = (
    "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link",
    "tertiary", "tertiary_link", "unclassified", "residential", "living_street", "service", "road",
)  # fmt: skip
"""Classes of streets for cars, the largest first; the ones that a map shows."""

OTHERS = ("pedestrian", "track", "cycleway", "footway", "path", "steps", "bridleway", "busway")
"""Classes for bicycles and on foot. Busways are for some cars; the profiles decide by the tags of access."""

KEPT = frozenset((*DRIVABLE, *OTHERS))


def is_kept(tags: "TagList") -> bool:
    """Whether a way is a street, a path or a ferry."""
    return tags.get("highway") in KEPT or tags.get("route") == "ferry"
