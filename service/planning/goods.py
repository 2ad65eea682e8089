"""Goods that jobs wait for: what the vans hold, and what may be picked up at a depot.

Sharing out what lies at a depot between routes is not planned yet. So goods may be had there only where they are
enough for everybody who may come for them: the planner can then send anybody without counting.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.store.tables import DepotRow, ItemRow, StockRow, TechnicianRow

Need = Mapping[str, Any]
"""``sku`` and ``quantity``."""

Measure = Callable[[Sequence[int]], int]
"""How many must lie at a depot when jobs need these quantities."""


@dataclass(frozen=True, slots=True)
class Demand:
    """An open job that waits for goods; ``stands``: it has a place in the published plan."""

    job: str
    items: Sequence[Need]
    stands: bool


@dataclass(frozen=True)
class Pickups:
    """What may be picked up.

    ``offers``: depot -> sku -> how many lie there. ``short``: jobs that came too late for what lies at the depots.
    ``crowds``: some van may be asked to take more than it has room for. ``brought``: what calls that stand have
    brought into the vans, as ``calls.Used`` counts it.
    """

    offers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    short: frozenset[str] = frozenset()
    crowds: bool = False
    brought: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def van_holds(self, technician: TechnicianRow, items: Sequence[Need]) -> bool:
        """Whether all of it lies in the van."""
        return all(self._in_van(technician, need) for need in items)

    def lets_bring(self, technician: TechnicianRow, items: Sequence[Need]) -> bool:
        """Whether the technician's van, filled at one depot at most, holds all of it."""
        return any(
            all(self._in_van(technician, need) or _has(offer, technician, need) for need in items)
            for offer in self.offers.values()
        )

    def _in_van(self, technician: TechnicianRow, need: Need) -> bool:
        brought = -self.brought.get((technician.id, need["sku"]), 0)
        return bool(technician.van.get(need["sku"], 0) + brought >= need["quantity"])


def holds(technician: TechnicianRow, need: Need) -> bool:
    """Whether so much of an item lies in the van."""
    return bool(technician.van.get(need["sku"], 0) >= need["quantity"])


def lacks_room(technician: TechnicianRow, need: Need) -> bool:
    """Whether so much of an item does not fit in the van; an item that ``carries`` does not name always fits."""
    room = technician.carries.get(need["sku"])
    return room is not None and bool(room < need["quantity"])


def amount(need: Need) -> str:
    """In words."""
    return f"{need['quantity']} x {need['sku']}"


def find_pickups(
    demands: Sequence[Demand],
    team: Sequence[TechnicianRow],
    depots: Mapping[str, DepotRow],
    stock: Iterable[StockRow],
    items: Mapping[str, ItemRow],
) -> Pickups:
    """What lies at the open depots and is enough for all who may come for it.

    A job that a van could serve may be sent to a depot too, and one that stands in the published plan keeps its place:
    both count before anything is offered. The others are served in the order in which they came, as far as it goes.
    """
    offers: dict[str, dict[str, int]] = {}
    short: set[str] = set()
    crowds = False
    first = {one.job for one in demands if one.stands or any(_holds_all(person, one.items) for person in team)}
    for sku, lying in _by_sku(stock, depots).items():
        asked = [(one.job, need["quantity"]) for one in demands for need in one.items if need["sku"] == sku]
        measure, most = _measure(items.get(sku), len(team)), max(lying.values())
        served = [quantity for job, quantity in asked if job in first]
        if most == 0 or measure(served) > most:
            continue
        for job, quantity in asked:
            if job not in first and measure([*served, quantity]) <= most:
                served.append(quantity)
            elif job not in first:
                short.add(job)
        enough = {depot: on_hand for depot, on_hand in lying.items() if 0 < on_hand >= measure(served)}
        for depot, on_hand in enough.items():
            offers.setdefault(depot, {})[sku] = on_hand
        crowds = crowds or _crowds(sku, served, items.get(sku), team)
    return Pickups(offers, frozenset(short), crowds)


def _holds_all(technician: TechnicianRow, needs: Sequence[Need]) -> bool:
    return all(holds(technician, need) for need in needs)


def _has(offer: Mapping[str, int], technician: TechnicianRow, need: Need) -> bool:
    return offer.get(need["sku"], 0) >= need["quantity"] and not lacks_room(technician, need)


def _by_sku(stock: Iterable[StockRow], depots: Mapping[str, DepotRow]) -> dict[str, dict[str, int]]:
    """Sku -> open depot -> how many lie there; what is still to arrive does not lie there yet."""
    lying: dict[str, dict[str, int]] = {}
    for row in stock:
        if row.depot_id in depots and not depots[row.depot_id].removed:
            lying.setdefault(row.sku, {})[row.depot_id] = row.on_hand
    return lying


def _is_tool(item: ItemRow | None) -> bool:
    return item is not None and item.kind == "tool"


def _measure(item: ItemRow | None, people: int) -> Measure:
    """Parts are left on site, each for one job; a tool goes round, but everybody may have one out at the same time."""
    if _is_tool(item):
        return lambda quantities: people * max(quantities, default=0)
    return sum


def _crowds(sku: str, quantities: Sequence[int], item: ItemRow | None, team: Sequence[TechnicianRow]) -> bool:
    """Whether one route could ask for more than fits beside what the van holds already.

    Whoever has no room for the goods of one job is never sent there.
    """
    together = max if _is_tool(item) else sum
    return any(
        together([one for one in quantities if one <= room] or [0]) > room - technician.van.get(sku, 0)
        for technician in team
        if (room := technician.carries.get(sku)) is not None
    )
