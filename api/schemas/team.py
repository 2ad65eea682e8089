"""What may be sent about technicians and their absences."""

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from api.faults import Fault, refusal
from api.fields import Choice, Coded, Counts, Flag, Instant, ListOf, Name, Number, Text, TimeOfDay, Whole
from api.schemas.base import DAYS, In, Json, PlaceIn, part, whole_list

MAX_TRAVEL_S = 86_400
MAX_ZONE_POINTS = 2000


class SkillIn(In):
    """An ability."""

    name = Name(64, required=True)
    level = Whole(1, 5, load_default=1)
    speed = Number(0.5, 2, load_default=1.0, metadata={"description": "2.0: twice as fast as the standard time"})


class BreakIn(In):
    """Unpaid time between stops; `earliest` and `latest` bound its start."""

    earliest = TimeOfDay(required=True)
    latest = TimeOfDay(required=True)
    length_s = Whole(60, 4 * 3600, required=True)

    @validates_schema(skip_on_field_errors=True)
    def _check(self, data: Json, **_: Any) -> None:
        if data["earliest"] > data["latest"]:
            raise refusal("inconsistent", "Lies before earliest.", "latest")


class WeekIn(In):
    """Working hours of some days of the week, local."""

    days = ListOf(Choice(*DAYS), 7, shortest=1, key=lambda day: day, required=True)
    start = TimeOfDay(required=True)
    end = TimeOfDay(required=True)
    overtime_s = Whole(0, 12 * 3600, load_default=0, metadata={"description": "allowed after `end`"})
    pause = part(BreakIn, data_key="break", attribute="break", load_default=None)

    @validates_schema(skip_on_field_errors=True)
    def _check(self, data: Json, **_: Any) -> None:
        if data["start"] >= data["end"]:
            raise refusal("inconsistent", "Ends before it starts.", "end")


class DepotRefIn(In):
    """A depot by id."""

    depot = Name(64, required=True)


class Base(Coded, fields.Field[Any]):
    """Where shifts start or end: "home", "depot", {"depot": id} or a place."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:  # noqa: ARG002
        if isinstance(value, str):
            if value not in ("home", "depot"):
                raise refusal("bad_choice", "home, depot, {depot: id} or a place.")
            return value
        if not isinstance(value, dict):
            raise refusal("wrong_type", "home, depot, {depot: id} or a place.")
        return (DEPOT_REF if "depot" in value else PLACE).load(value)


DEPOT_REF, PLACE = DepotRefIn(), PlaceIn()

BASE_SCHEMA = {
    "oneOf": [
        {"type": "string", "enum": ["home", "depot"]},
        {"type": "object", "required": ["depot"], "properties": {"depot": {"type": "string"}}},
        {
            "type": "object",
            "required": ["lat", "lon"],
            "properties": {"lat": {"type": "number"}, "lon": {"type": "number"}},
        },
    ]
}


class Zone(Coded, fields.Field[Any]):
    """A GeoJSON Polygon or MultiPolygon, [lon, lat]."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:  # noqa: ARG002
        if not isinstance(value, dict):
            raise refusal("wrong_type", "A GeoJSON object is wanted here.")
        kind, coordinates = value.get("type"), value.get("coordinates")
        if kind not in ("Polygon", "MultiPolygon"):
            raise ValidationError({"type": [Fault("bad_choice", "Polygon or MultiPolygon.")]})
        polygons = [coordinates] if kind == "Polygon" else coordinates
        points = list(_points(polygons))
        if not points or len(points) > MAX_ZONE_POINTS or None in points:
            message = f"Closed rings of [lon, lat] are wanted, at most {MAX_ZONE_POINTS} points in all."
            raise ValidationError({"coordinates": [Fault("bad_format", message)]})
        return {"type": kind, "coordinates": coordinates}


def _points(polygons: Any) -> Iterator[tuple[float, float] | None]:
    """Every point; None where something is no closed ring of points on earth."""
    if not isinstance(polygons, list) or not all(isinstance(rings, list) and rings for rings in polygons):
        yield None
        return
    for ring in (ring for rings in polygons for ring in rings):
        if not isinstance(ring, list) or len(ring) < 4 or ring[0] != ring[-1]:
            yield None
            return
        yield from (_point(point) for point in ring)


def _point(point: Any) -> tuple[float, float] | None:
    if not isinstance(point, list) or len(point) not in (2, 3):
        return None
    if not all(isinstance(part, int | float) and not isinstance(part, bool) and isfinite(part) for part in point):
        return None
    return (point[0], point[1]) if abs(point[0]) <= 180 and abs(point[1]) <= 90 else None


class TechnicianPatch(In):
    """A JSON merge patch of a technician: null takes the value away, so that the default counts again."""

    name = Name(120)
    skills = ListOf(fields.Nested(SkillIn), 100, key=lambda skill: skill.get("name"), allow_none=True)
    home = part(PlaceIn, allow_none=True)
    start = Base(allow_none=True, metadata=BASE_SCHEMA | {"default": "home"})
    end = Base(allow_none=True, metadata=BASE_SCHEMA | {"default": "home"})
    profile = Choice("car", "bike", "foot", allow_none=True, metadata={"default": "car"})
    week = ListOf(fields.Nested(WeekIn), 7, allow_none=True, metadata={"description": "one entry per day at most"})
    bubble = Name(32, allow_none=True)
    field_work = Choice("normal", "last_resort", "never", allow_none=True, metadata={"default": "normal"})
    carries = Counts(allow_none=True, metadata={"description": "what fits in the van; a sku not named: no limit"})
    van = Counts(allow_none=True, metadata={"description": "on board at the start"})
    max_travel_s = Whole(0, MAX_TRAVEL_S, allow_none=True)
    zone = Zone(allow_none=True, metadata={"type": "object", "description": "GeoJSON Polygon or MultiPolygon"})
    holidays = Flag(allow_none=True, metadata={"default": False, "description": "works on public holidays"})

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def _check_week(self, data: Json, original: Any, **_: Any) -> None:
        seen: set[str] = set()
        twice: dict[int, Any] = {}
        for index, entry in enumerate(whole_list(data, original, "week")):
            days = [day for day in entry.get("days", []) if isinstance(day, str)]
            for position, day in enumerate(days):
                if day in seen:
                    fault = Fault("inconsistent", f"There is another entry for {day}.")
                    twice.setdefault(index, {"days": {}})["days"][position] = [fault]
            seen.update(days)
        if twice:
            raise ValidationError({"week": twice})


class TechnicianIn(TechnicianPatch):
    """Somebody for the team; all but the name may be left out."""

    name = Name(120, required=True)


class AbsenceIn(In):
    """When technicians cannot be sent out."""

    technicians = ListOf(Name(64), 200, shortest=1, key=lambda name: name, required=True)
    from_ = Instant(data_key="from", attribute="from", required=True)
    to = Instant(required=True)
    kind = Choice(
        "away", "no_travel", metadata={"default": "away", "description": "no_travel: still there for remote work"}
    )
    note = Text(1000, lines=True)
