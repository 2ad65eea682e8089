"""Calls at depots: those that a planner may make, those that stand, and the goods that go through them.

What was picked up at a call that stands lies in the van, and no more can be had there. So such a call has a depot of
its own in the problem, where nothing is to be had, and its goods are the van's.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from routing import Depot, Seconds
from service.planning.data import WAITING_STATES, PlanningData
from service.planning.documents import Document
from service.planning.goods import Need, Pickups
from service.planning.locations import Places
from service.store.tables import DepotRow

Used = dict[tuple[str, str], int]
"""(technician, sku) -> how much is gone from the van; below zero, how much was brought into it."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call that stands, under its name in the problem, and what was picked up."""

    name: str
    location: int
    items: Sequence[Need]

    @property
    def depot(self) -> Depot:
        """Where it was made, as a place where nothing more is to be had."""
        return Depot(self.name, self.location, Seconds(0), frozenset())


def build_depots(
    pickups: Pickups, rows: Mapping[str, DepotRow], places: Places, wanted: Collection[str] | None = None
) -> list[Depot]:
    """Where technicians may call, as far as something ``wanted`` is to be had there."""
    return [
        Depot(name, places.index(rows[name].lat, rows[name].lon), Seconds(rows[name].call_s), frozenset(offer))
        for name, offer in pickups.offers.items()
        if wanted is None or not offer.keys().isdisjoint(wanted)
    ]


def goods_used(routes: Iterable[Document], data: PlanningData) -> Used:
    """What those routes leave at clients' sites of the goods in their vans."""
    used: Used = {}
    for route in routes:
        call = _call_of(route)
        picked = {need["sku"]: need["quantity"] for need in call["items"]} if call else {}
        before, after = _jobs_around(route)
        early, late = _needs(before, data), _needs(after, data)
        for sku in (early.keys() | late.keys()) - data.tools:
            key = (route["technician"], sku)
            used[key] = used.get(key, 0) + early[sku] + max(0, late[sku] - picked.get(sku, 0))
    return used


def bring(used: Used, calls: Mapping[str, Call]) -> Used:
    """The same with what the calls that stand, by shift, have brought into the vans."""
    brought = dict(used)
    for shift, call in calls.items():
        for need in call.items:
            key = (shift.rsplit("/", 1)[0], need["sku"])
            brought[key] = brought.get(key, 0) - need["quantity"]
    return brought


def pickups_of(routes: Iterable[Document], data: PlanningData) -> Pickups:
    """What may be picked up by exactly these routes: all that they ask of a depot, where it lies there.

    What was picked up for jobs that are not done yet still counts as lying there, as in ``PlanningData.stock``.
    """
    asked: dict[tuple[str, str], Counter[str]] = {}
    for route in routes:
        call = _call_of(route)
        if call is None:
            continue
        waiting = [job for job in _jobs_around(route)[1] if _waits(job, data)]
        for sku, total in _needs(waiting, data).items():
            days = asked.setdefault((call["depot"], sku), Counter())
            if sku in data.tools:
                days[route["date"]] += max(_needs([job], data)[sku] for job in waiting)
            else:
                days[""] += total
    offers: dict[str, dict[str, int]] = {}
    for row in data.stock:
        days = asked.get((row.depot_id, row.sku), Counter())
        if days and not data.depots[row.depot_id].removed and max(days.values()) <= row.on_hand:
            offers.setdefault(row.depot_id, {})[row.sku] = row.on_hand
    return Pickups(offers)


def _call_of(route: Document) -> Document | None:
    return next((stop for stop in route["stops"] if stop["type"] == "depot"), None)


def _jobs_around(route: Document) -> tuple[list[str], list[str]]:
    """The route's jobs before its call and after it; all of them before when there is none."""
    kinds = [stop["type"] for stop in route["stops"]]
    split = kinds.index("depot") if "depot" in kinds else len(kinds)
    before, after = route["stops"][:split], route["stops"][split:]
    return [stop["job"] for stop in before if stop["job"]], [stop["job"] for stop in after if stop["job"]]


def _needs(jobs: Iterable[str], data: PlanningData) -> Counter[str]:
    """Sku -> how many those jobs need as they are now."""
    total: Counter[str] = Counter()
    for job in jobs:
        if job in data.job_by_id:
            total.update({need["sku"]: need["quantity"] for need in data.job_by_id[job].items})
    return total


def _waits(job: str, data: PlanningData) -> bool:
    return job in data.job_by_id and data.job_by_id[job].state in WAITING_STATES
