"""Whose word the travel times of a plan are, leg by leg, and what its cars blow out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from routing import Problem
from service.planning.documents import Document
from service.planning.timing import Timing
from service.travel import SOURCES, FormulaTravel, Place, TravelSource
from service.travel.cache import ask_all
from service.travel.cache_blocks import Question

MIXED = "mixed"

FORMULA = SOURCES.index(FormulaTravel.name)

CAR = "car"
"""Whoever's way of moving is not known drives: plans stored before it was kept."""


@dataclass(frozen=True)
class Word:
    """Who told the travel times of a problem when it was built: an engine may come or go before its plan is stored."""

    version: str
    places: Mapping[Place, int]
    sources: Mapping[str, npt.NDArray[np.uint8]]
    """Way of moving -> index in ``SOURCES`` per leg."""

    @classmethod
    def of(cls, problem: Problem, travel: TravelSource, timing: Timing) -> Self:
        """Ask again for what has just been asked; a way that is an estimate at any hour is one."""
        places = [(one.lat, one.lon) for one in problem.locations]
        version = travel.version
        asked = [(profile, slot) for profile in sorted(problem.matrices) for slot in timing.for_profile(profile).asked]
        tables = ask_all(travel, [Question(profile, places, places, slot) for profile, slot in asked])
        sources: dict[str, npt.NDArray[np.uint8]] = {}
        for (profile, _), table in zip(asked, tables, strict=True):
            told = sources.get(profile, table.source)
            sources[profile] = np.where(table.source == FORMULA, table.source, told)
        return cls(version, {place: index for index, place in enumerate(places)}, sources)

    def on(self, profile: str, here: Place, there: Place) -> str | None:
        """Whose word a leg is; None: it leads nowhere."""
        return None if here == there else SOURCES[self.sources[profile][self.places[here], self.places[there]]]


def mark_new(routes: Sequence[Document], profiles: Mapping[str, str], word: Word) -> list[Document]:
    """Routes just planned, with the way of moving, and at each stop who said how long the way there takes."""
    marked = []
    for route in routes:
        profile, places = profiles[route["technician"]], [place_of(stop) for stop in route["stops"]]
        names = [None, *(word.on(profile, *leg) for leg in pairwise(places))]
        stops = [{**stop, "travel_source": name} for stop, name in zip(route["stops"], names, strict=True)]
        marked.append({**route, "profile": profile, "travel_version": word.version, "stops": stops})
    return marked


def mark_copied(routes: Sequence[Document], profiles: Mapping[str, str], source: str | None) -> list[Document]:
    """Routes of another plan as they are there; ``source``: whose word that plan is, where its legs do not say."""
    return [
        {
            **route,
            "profile": route.get("profile", profiles.get(route["technician"], CAR)),
            "stops": list(with_sources(route["stops"], source)),
        }
        for route in routes
    ]


def with_sources(stops: Sequence[Document], source: str | None) -> Iterator[Document]:
    """The stops, those that do not say whose word the way there is with that of the whole plan."""
    for number, stop in enumerate(stops):
        if "travel_source" in stop:
            yield stop
        else:
            leads = number > 0 and place_of(stops[number - 1]) != place_of(stop)
            yield {**stop, "travel_source": source if leads else None}


def common_source(sources: Iterable[str | None], otherwise: str) -> str:
    """The one that said it all, or that there are several; ``otherwise``: of a plan in which nobody goes anywhere."""
    named = {one for one in sources if one is not None}
    if len(named) > 1:
        return MIXED
    return named.pop() if named else otherwise


def source_of(routes: Iterable[Document], otherwise: str) -> str:
    """Whose word the travel times of these routes are."""
    return common_source((stop["travel_source"] for route in routes for stop in route["stops"]), otherwise)


def is_by_others(route: Mapping[str, Any], profile: str, travel: TravelSource) -> bool:
    """Whether a stored route's times are those of other roads, or of somebody who stood in for them.

    Such times are no longer what would be answered, and were true when they were planned all the same. ``profile``:
    how its technician moves now; whoever has changed that has other ways to go.
    """
    if route.get("profile", profile) != profile:
        return False
    if route.get("travel_version", FormulaTravel.version) != travel.version:
        return True
    if travel.name == FormulaTravel.name:
        return False
    return not travel.state().ok or any(stop.get("travel_source") == FormulaTravel.name for stop in route["stops"])


def co2_g(routes: Iterable[Document], per_km: float | Decimal) -> int:
    """What the cars of these routes blow out; who rides or walks breathes out what they would anyway."""
    metres = sum(stop["travel_m"] for route in routes if route["profile"] == CAR for stop in route["stops"])
    return round(float(per_km) * int(metres) / 1000)


def place_of(stop: Mapping[str, Any]) -> Place:
    """Where a stored stop is."""
    return stop["lat"], stop["lon"]
