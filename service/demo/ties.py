"""The rules that tie technicians together, as text: what became of each of them in a plan."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from service.demo.meetings import Presence, meetings, presences
from service.demo.shelf import Account, accounts

Json = Mapping[str, Any]

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Rules:
    """What is set, beside the plan."""

    technicians: Sequence[Json]
    depots: Sequence[Json]
    stock: Sequence[Json]
    faces: Sequence[Json] = ()
    separation: Json | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    """Of technicians and depots."""


def ties_table(plan: Json, jobs: Mapping[str, Json], rules: Rules) -> Iterator[str]:
    """One line or a few for each rule."""
    if rules.separation is not None:
        yield from _bubbles(plan, rules, rules.separation)
    for account in accounts(plan, rules.stock, jobs):
        yield _shelf(account, rules.names)
    visits = _visits(plan)
    yield from _teams(jobs, visits, rules.names)
    yield from _orders(jobs, visits)
    yield from _faces(jobs, visits, rules)
    yield from _fairness(plan["summary"].get("fairness"), rules.names)


def _bubbles(plan: Json, rules: Rules, rule: Json) -> Iterator[str]:
    bubbles = {one["id"]: one["bubble"] for one in rules.technicians if one["bubble"]}
    there = presences(plan, rules.depots)
    near = sorted((pair for pair in meetings(there, bubbles, rule) if pair[0] < DAY), key=lambda pair: pair[0])
    buffer = timedelta(seconds=rule["buffer_s"])
    met = [pair for pair in near if pair[0] < buffer]
    who = f"{len(bubbles)} people in {len(set(bubbles.values()))} bubbles"
    yield f"Bubbles: {who}, {len(near)} times somebody came where another had been that day, {len(met)} meetings."
    for between, one, other in near[:1]:
        names = rules.names
        yield (
            f"  The closest: {names[one.technician]} leaves at {_clock(one.leaving)} on {one.leaving:%a %d}, "
            f"{names[other.technician]} arrives {round(between.total_seconds() / 60)} min later{_at(one, rules)}."
        )


def _at(presence: Presence, rules: Rules) -> str:
    for depot in rules.depots:
        if (depot["lat"], depot["lon"]) == presence.place:
            return f" at {rules.names[depot['id']]}"
    return ""


def _shelf(account: Account, names: Mapping[str, str]) -> str:
    back = f", {account.back} back from loan" if account.back else ""
    short = "" if account.lowest >= 0 else f"; {-account.lowest} TOO MANY WERE TAKEN"
    return (
        f"Stock {account.sku} at {names[account.depot]}: {account.on_hand} on hand, {account.arriving} to arrive, "
        f"{account.taken} taken{back}, {account.left} left{short}."
    )


def _visits(plan: Json) -> dict[str, list[tuple[Json, Json]]]:
    """Job -> route and stop of everybody who is there."""
    found: dict[str, list[tuple[Json, Json]]] = {}
    for route in plan["routes"]:
        for stop in route["stops"]:
            if stop["type"] == "job":
                found.setdefault(stop["job"], []).append((route, stop))
    return found


def _teams(
    jobs: Mapping[str, Json], visits: Mapping[str, list[tuple[Json, Json]]], names: Mapping[str, str]
) -> Iterator[str]:
    for job, there in visits.items():
        if jobs[job]["people"] > 1:
            who = " and ".join(names[route["technician"]] for route, _ in there)
            starts = {stop["start"] for _, stop in there}
            when = " and ".join(f"{datetime.fromisoformat(start):%a %d %H:%M:%S}" for start in sorted(starts))
            yield f"Team of {jobs[job]['people']}, {jobs[job]['reference']}: {who}, {when}."


def _orders(jobs: Mapping[str, Json], visits: Mapping[str, list[tuple[Json, Json]]]) -> Iterator[str]:
    for job, there in visits.items():
        for entry in jobs[job]["after"]:
            before = visits.get(entry["job"])
            if before:
                end = max(datetime.fromisoformat(stop["departure"]) for _, stop in before)
                start = min(datetime.fromisoformat(stop["start"]) for _, stop in there)
                same = {route["technician"] for route, _ in there} & {route["technician"] for route, _ in before}
                by = ", by the same technician" if same else ""
                first, second = jobs[entry["job"]]["reference"], jobs[job]["reference"]
                yield f"{second} after {first}: {_length(start - end)} later{by}."


def _faces(jobs: Mapping[str, Json], visits: Mapping[str, list[tuple[Json, Json]]], rules: Rules) -> Iterator[str]:
    for rule in rules.faces:
        of_rule = [job for job in visits if job in rule["jobs"] or jobs[job]["client"]["ref"] == rule["client"]]
        seen = {rules.names[route["technician"]] for job in of_rule for route, _ in visits[job]}
        yield (
            f"Faces {rule['name']}: {len(of_rule)} visits by {len(seen)} of at most {rule['most']}: "
            f"{', '.join(sorted(seen)) or 'nobody'}."
        )


def _fairness(fairness: Json | None, names: Mapping[str, str]) -> Iterator[str]:
    if fairness is not None:
        shares = sorted(fairness["technicians"], key=lambda share: -share["index"])
        told = ", ".join(f"{names[share['technician']]} {share['index']:.2f}" for share in shares)
        yield f"Fairness {fairness['index']:.2f} (1 = paid time in equal shares of everybody's hours): {told}."


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M}"


def _length(length: timedelta) -> str:
    hours = length.total_seconds() / 3600
    return f"{hours:.1f} h" if hours < 24 else f"{hours / 24:.1f} days"
