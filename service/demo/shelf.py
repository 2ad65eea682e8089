"""What a plan takes from the depots' shelves, and what is left: read off the plan's own calls."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Account:
    """One sku at one depot. ``lowest`` is the least that ever lay there."""

    depot: str
    sku: str
    on_hand: int
    arriving: int
    taken: int
    back: int
    lowest: int

    @property
    def left(self) -> int:
        """What lies there at the end."""
        return self.on_hand + self.arriving - self.taken + self.back


def accounts(plan: Json, stock: Sequence[Json], jobs: Mapping[str, Json]) -> Iterator[Account]:
    """An account of everything in stock; what is lent is back with the morning of its day."""
    for row in stock:
        depot, sku = row["depot"], row["sku"]
        arrivals = [(datetime.fromisoformat(one["at"]), one["quantity"]) for one in row["arrivals"]]
        taken = [
            (datetime.fromisoformat(stop["start"]), -item["quantity"])
            for _, stop in _calls(plan, depot)
            for item in stop["items"]
            if item["sku"] == sku
        ]
        back = list(_back(plan, depot, sku, jobs))
        # at one moment what comes is there before anybody takes it
        changes = sorted([*arrivals, *taken, *back], key=lambda change: (change[0], -change[1]))
        level = lowest = row["on_hand"]
        for _, quantity in changes:
            level += quantity
            lowest = min(lowest, level)
        yield Account(depot, sku, row["on_hand"], _sum(arrivals), -_sum(taken), _sum(back), lowest)


def _calls(plan: Json, depot: str) -> Iterator[tuple[Json, Json]]:
    for route in plan["routes"]:
        for stop in route["stops"]:
            if stop["type"] == "depot" and stop["depot"] == depot:
                yield route, stop


def _back(plan: Json, depot: str, sku: str, jobs: Mapping[str, Json]) -> Iterator[tuple[datetime, int]]:
    """Loans of the routes that called at the depot which come back while the plan lasts."""
    end = datetime.fromisoformat(plan["to"]).date()
    for route, call in _calls(plan, depot):
        morning = datetime.fromisoformat(call["start"]).replace(hour=0, minute=0, second=0)
        for stop in route["stops"]:
            if stop["type"] != "job" or stop["start"] < call["start"]:
                continue
            for need in jobs[stop["job"]]["items"]:
                days = need.get("returned_after_days")
                if need["sku"] == sku and days is not None and (morning + timedelta(days=days)).date() <= end:
                    yield morning + timedelta(days=days), need["quantity"]


def _sum(changes: Sequence[tuple[datetime, int]]) -> int:
    return sum(quantity for _, quantity in changes)
