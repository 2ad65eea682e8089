"""Who was where in a plan, and whether people of different bubbles met: read off the plan's own times."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from math import asin, cos, radians, sin, sqrt
from typing import Any

Json = Mapping[str, Any]
Place = tuple[float, float]

EARTH_M = 6_371_008.8


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody at a client's or a depot from the arrival to the leaving."""

    technician: str
    place: Place
    arrival: datetime
    leaving: datetime


def presences(plan: Json, depots: Sequence[Json]) -> list[Presence]:
    """All of them; homes are no places, and setting out from a depot or coming back to it is a moment there."""
    of_depots = {_place(depot) for depot in depots}
    found: list[Presence] = []
    for route in plan["routes"]:
        last: Presence | None = None
        for stop in route["stops"]:
            place = _place(stop["place"])
            if stop["type"] in ("start", "end") and place not in of_depots:
                last = None
                continue
            arrival, leaving = (datetime.fromisoformat(stop[name]) for name in ("arrival", "departure"))
            if last is not None and last.place == place:
                found.pop()
                arrival = last.arrival
            last = Presence(route["technician"], place, arrival, leaving)
            found.append(last)
    return found


def meetings(
    there: Sequence[Presence], bubbles: Mapping[str, str], rule: Json
) -> Iterator[tuple[timedelta, Presence, Presence]]:
    """Pairs of people of different bubbles at one place, the earlier first, with the time between them.

    Less than the rule's buffer, or less than nothing, is a meeting.
    """
    start = datetime.fromisoformat(rule["from"]).date()
    counted = [one for one in there if one.technician in bubbles and one.leaving.date() >= start]
    for one, other in combinations(sorted(counted, key=lambda presence: presence.arrival), 2):
        apart = bubbles[one.technician] != bubbles[other.technician]
        if apart and metres(one.place, other.place) <= rule["radius_m"]:
            yield other.arrival - one.leaving, one, other


def metres(one: Place, other: Place) -> float:
    """The way as the crow flies."""
    lat, lon, lat2, lon2 = (radians(degrees) for degrees in (*one, *other))
    half = sin((lat2 - lat) / 2) ** 2 + cos(lat) * cos(lat2) * sin((lon2 - lon) / 2) ** 2
    return 2 * EARTH_M * asin(sqrt(half))


def _place(where: Json) -> Place:
    return where["lat"], where["lon"]
