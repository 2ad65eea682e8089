"""Goods that jobs need: what the vans hold, what fits in them, and what is ever to be had at a depot."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from service.store.tables import DepotRow, StockRow, TechnicianRow

Need = Mapping[str, Any]
"""``sku`` and ``quantity``, and ``returned_after_days`` for what is lent."""

Brought = Mapping[tuple[str, str], int]
"""(technician, sku) -> below zero, how much calls that stand have brought into the van (``calls.Used``)."""


def holds(technician: TechnicianRow, need: Need, brought: Brought | None = None) -> bool:
    """Whether so much of an item lies in the van."""
    more = -(brought or {}).get((technician.id, need["sku"]), 0)
    return bool(technician.van.get(need["sku"], 0) + more >= need["quantity"])


def lacks_room(technician: TechnicianRow, need: Need) -> bool:
    """Whether so much of an item does not fit in the van; an item that ``carries`` does not name always fits."""
    room = technician.carries.get(need["sku"])
    return room is not None and bool(room < need["quantity"])


def can_bring(
    technician: TechnicianRow, needs: Sequence[Need], there: Mapping[str, Mapping[str, int]], brought: Brought
) -> bool:
    """Whether the van, filled at one depot at most, can hold all of it; ``there``: depot -> sku -> how many."""
    lacking = [need for need in needs if not holds(technician, need, brought)]
    if any(lacks_room(technician, need) for need in lacking):
        return False
    return not lacking or any(
        all(stock.get(need["sku"], 0) >= need["quantity"] for need in lacking) for stock in there.values()
    )


def amount(need: Need) -> str:
    """In words."""
    return f"{need['quantity']} x {need['sku']}"


def amounts(needs: Sequence[Need]) -> str:
    """Several in words."""
    return " and ".join(amount(need) for need in needs)


def ever_there(stock: Iterable[StockRow], depots: Mapping[str, DepotRow]) -> dict[str, dict[str, int]]:
    """Open depot -> sku -> how many lie there or are still to come."""
    found: dict[str, dict[str, int]] = {}
    for row in stock:
        if row.depot_id in depots and not depots[row.depot_id].removed:
            total = row.on_hand + sum(arrival["quantity"] for arrival in row.arrivals)
            found.setdefault(row.depot_id, {})[row.sku] = total
    return found
