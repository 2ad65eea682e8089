"""Plans as they are stored: routing.Route to a JSON document and back. Instants are whole seconds of the epoch."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from routing.plan import Reason, Route, Stop, StopKind, Unassigned
from routing.problem import Fact, Location, Metres, Seconds, Shift
from service.planning.horizon import Horizon

Document = dict[str, Any]


def shift_id(technician: str, day: date | str) -> str:
    """Id of a technician's shift of a day."""
    return f"{technician}/{day}"


def epoch(instant: datetime) -> int:
    """Whole seconds of the epoch."""
    return int(instant.timestamp())


def moment(seconds: int) -> datetime:
    """The instant of a second of the epoch."""
    return datetime.fromtimestamp(seconds, UTC)


def write_route(route: Route, shift: Shift, locations: tuple[Location, ...], horizon: Horizon) -> Document:
    """A route as it is stored. ``fixed`` counts the leading job and break stops that stood when it was planned."""
    origin = epoch(horizon.origin)
    _, day = route.shift.rsplit("/", 1)
    return {
        "technician": shift.technician,
        "date": day,
        "overtime_s": route.overtime_s,
        "fixed": len(shift.facts),
        "not_before": origin + shift.not_before if shift.not_before > 0 else None,
        "stops": [
            {
                "type": stop.kind.value,
                "job": stop.visit,
                "lat": locations[stop.location].lat,
                "lon": locations[stop.location].lon,
                "travel_s": stop.travel_s,
                "travel_m": stop.travel_m,
                "arrival": origin + stop.arrival,
                "start": origin + stop.start,
                "departure": origin + stop.end,
            }
            for stop in route.stops
        ],
    }


def read_route(document: Document, place: Callable[[float, float], int], horizon: Horizon) -> Route:
    """A stored route as the planner knows it; ``place`` gives the index of a location."""
    origin = epoch(horizon.origin)
    return Route(
        shift_id(document["technician"], document["date"]),
        tuple(
            Stop(
                StopKind(stop["type"]),
                stop["job"],
                place(stop["lat"], stop["lon"]),
                Seconds(stop["travel_s"]),
                Metres(stop["travel_m"]),
                Seconds(stop["arrival"] - origin),
                Seconds(stop["start"] - origin),
                Seconds(stop["departure"] - origin),
            )
            for stop in document["stops"]
        ),
        Seconds(document["overtime_s"]),
    )


def read_fact(stop: Mapping[str, Any], place: Callable[[float, float], int], horizon: Horizon) -> Fact:
    """A stored stop as one that stands."""
    origin = epoch(horizon.origin)
    return Fact(
        stop["job"],
        place(stop["lat"], stop["lon"]),
        Seconds(stop["arrival"] - origin),
        Seconds(stop["start"] - origin),
        Seconds(stop["departure"] - origin),
    )


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
