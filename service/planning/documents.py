"""Plans as they are stored: routing.Route to a JSON document and back. Instants are whole seconds of the epoch."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from routing.plan import Reason, Route, Stop, StopKind, Unassigned
from routing.problem import Fact, ItemNeed, Location, Metres, Seconds, Shift
from service.planning.horizon import Horizon
from service.planning.locations import Places

Document = dict[str, Any]


Team = tuple[int, str]
"""How many technicians are at a job together, and who of them brings the goods."""


def shift_id(technician: str, day: date | str) -> str:
    """Id of a technician's shift of a day."""
    return f"{technician}/{day}"


def epoch(instant: datetime) -> int:
    """Whole seconds of the epoch."""
    return int(instant.timestamp())


def moment(seconds: int) -> datetime:
    """The instant of a second of the epoch."""
    return datetime.fromtimestamp(seconds, UTC)


def call_name(depot: str, shift: str) -> str:
    """The name under which a problem knows the call of a shift that stands; no id of a depot holds a slash."""
    return f"{depot}/{shift}"


def depot_of(name: str) -> str:
    """The depot of a call, whether it stands or not."""
    return name.split("/", 1)[0]


def write_route(
    route: Route,
    shift: Shift,
    locations: tuple[Location, ...],
    horizon: Horizon,
    stood: Sequence[Document] = (),
    teams: Mapping[str, Team] | None = None,
) -> Document:
    """A route as it is stored; ``stood`` are the stored stops of what stands in it, with what a planner forgets.

    ``fixed`` counts the leading stops after the start that stood when it was planned. ``teams``: who else is there.
    """
    origin = epoch(horizon.origin)
    _, day = route.shift.rsplit("/", 1)
    stops = [_write_stop(stop, locations, origin) for stop in route.stops]
    for stop, before in zip(stops[1:], stood, strict=False):
        stop |= {"setup_s": before.get("setup_s", 0), "items": before.get("items", [])}
    for stop in stops:
        if teams and stop["job"] in teams:
            people, bringer = teams[stop["job"]]
            stop |= {"people": people, "brings": bringer == shift.technician}
    return {
        "technician": shift.technician,
        "date": day,
        "overtime_s": route.overtime_s,
        "fixed": len(shift.facts),
        "not_before": origin + shift.not_before if shift.not_before > 0 else None,
        "stops": stops,
    }


def _write_stop(stop: Stop, locations: tuple[Location, ...], origin: int) -> Document:
    return {
        "type": stop.kind.value,
        "job": stop.visit,
        "depot": depot_of(stop.depot) if stop.depot else None,
        "lat": locations[stop.location].lat,
        "lon": locations[stop.location].lon,
        "travel_s": stop.travel_s,
        "travel_m": stop.travel_m,
        "setup_s": stop.setup_s,
        "arrival": origin + stop.arrival,
        "start": origin + stop.start,
        "departure": origin + stop.end,
        "items": [{"sku": item.sku, "quantity": item.quantity} for item in stop.items],
    }


def read_route(document: Document, places: Places, horizon: Horizon, stands: int = 0) -> Route:
    """A stored route as the planner knows it; so many stops after the start stand."""
    shift = shift_id(document["technician"], document["date"])
    origin = epoch(horizon.origin)
    stops = [
        _read_stop(stop, places, origin, shift if 1 <= number <= stands else None)
        for number, stop in enumerate(document["stops"])
    ]
    return Route(shift, tuple(stops), Seconds(document["overtime_s"]))


def _read_stop(stop: Document, places: Places, origin: int, standing_in: str | None) -> Stop:
    """Of a stop that stands a planner knows no set-up, and of a call that stands no goods."""
    depot = stop.get("depot")
    items = tuple(ItemNeed(item["sku"], item["quantity"]) for item in stop.get("items", []))
    return Stop(
        StopKind(stop["type"]),
        stop["job"],
        _place(stop, places),
        Seconds(stop["travel_s"]),
        Metres(stop["travel_m"]),
        Seconds(stop["arrival"] - origin),
        Seconds(stop["start"] - origin),
        Seconds(stop["departure"] - origin),
        Seconds(0 if standing_in else stop.get("setup_s", 0)),
        call_name(depot, standing_in) if depot and standing_in else depot,
        () if standing_in else items,
    )


def read_fact(stop: Document, places: Places, horizon: Horizon, shift: str, elsewhere: str | None = None) -> Fact:
    """A stored stop of a shift as one that stands; ``elsewhere``: who does the job beside all that is planned."""
    origin = epoch(horizon.origin)
    return Fact(
        f"{stop['job']}/{elsewhere}" if stop["job"] and elsewhere else stop["job"],
        _place(stop, places),
        Seconds(stop["arrival"] - origin),
        Seconds(stop["start"] - origin),
        Seconds(stop["departure"] - origin),
        call_name(stop["depot"], shift) if stop.get("depot") else None,
    )


def brings(stop: Mapping[str, Any]) -> bool:
    """Whether a stop is at a job whose goods this technician brings: of a team one member brings all."""
    return bool(stop["job"]) and bool(stop.get("brings", True))


def _place(stop: Document, places: Places) -> int:
    find = places.site if stop["job"] else places.index
    return find(stop["lat"], stop["lon"])


def write_unassigned(unassigned: Unassigned) -> Document:
    """An unassigned visit as it is stored."""
    return {
        "job": unassigned.visit,
        "class": unassigned.classification.value,
        "reasons": [write_reason(reason) for reason in unassigned.reasons],
        "counter_offers": None,
    }


def write_reason(reason: Reason) -> Document:
    """A reason in the contract's words; the shift says the day."""
    return {
        "code": reason.code.value,
        "technician": reason.technician,
        "date": reason.shift.rsplit("/", 1)[1] if reason.shift else None,
        "detail": reason.detail,
    }


def jobs_of(route: Mapping[str, Any]) -> list[str]:
    """Ids of the jobs in a stored route, in order."""
    return [stop["job"] for stop in route["stops"] if stop["job"]]


def order_of(route: Mapping[str, Any], call_stands: bool) -> list[str]:
    """The same with the depot that is called at, unless that call stands: what a planner may do anew."""
    names = (stop["job"] or (None if call_stands else stop.get("depot")) for stop in route["stops"])
    return [name for name in names if name]
