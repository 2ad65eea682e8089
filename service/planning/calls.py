"""Calls at depots that stand, and the goods that stored routes take out of vans and depots.

What was picked up at a call that stands lies in the van, and no more can be had there. So such a call has a depot of
its own in the problem, where nothing is to be had, and its goods are the van's.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from routing import Depot, Seconds
from service.planning.data import PlanningData
from service.planning.documents import Document, brings
from service.planning.goods import Need

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


def goods_used(routes: Iterable[Document], data: PlanningData) -> Used:
    """What those routes leave at clients' sites of the goods in their vans."""
    used: Used = {}
    for route in routes:
        call = call_of(route)
        picked = {need["sku"]: need["quantity"] for need in call["items"]} if call else {}
        before, after = jobs_around(route)
        early, late = needs_of(before, data), needs_of(after, data)
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


def call_of(route: Document) -> Document | None:
    """The stop of a stored route at a depot."""
    return next((stop for stop in route["stops"] if stop["type"] == "depot"), None)


def jobs_around(route: Document) -> tuple[list[str], list[str]]:
    """The jobs that the route brings goods to before its call and after it; all of them before when there is none."""
    kinds = [stop["type"] for stop in route["stops"]]
    split = kinds.index("depot") if "depot" in kinds else len(kinds)
    before, after = route["stops"][:split], route["stops"][split:]
    return [stop["job"] for stop in before if brings(stop)], [stop["job"] for stop in after if brings(stop)]


def needs_of(jobs: Iterable[str], data: PlanningData) -> Counter[str]:
    """Sku -> how many those jobs need as they are now."""
    total: Counter[str] = Counter()
    for job in jobs:
        if job in data.job_by_id:
            total.update({need["sku"]: need["quantity"] for need in data.job_by_id[job].items})
    return total
