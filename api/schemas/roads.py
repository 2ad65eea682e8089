"""What is asked and answered about roads."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from api.faults import refusal
from api.fields import Coded
from api.schemas.answers import flag, many, text
from api.schemas.base import Out, Query, QueryWhole
from service.earth import Box
from service.road_map import NAMES

EVERYWHERE: Box = (-85.0, -180.0, 85.0, 180.0)
"""South, west, north, east: what web maps show."""


class BoxField(Coded, fields.Field[Box]):
    """west,south,east,north in degrees, as GeoJSON has it; read as south, west, north, east."""

    wanted = "text"

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Box:  # noqa: ARG002
        try:
            west, south, east, north = (float(edge) for edge in str(value).split(","))
        except ValueError:
            raise refusal("bad_format", "west,south,east,north in degrees, e.g. -1.75,48.05,-1.6,48.15.") from None
        if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= 90 and -90 <= north <= 90):
            raise refusal("bad_format", "Longitudes lie between -180 and 180, latitudes between -90 and 90.")
        if west >= east or south >= north:
            raise refusal("inconsistent", "West lies before east, south before north.")
        return south, west, north, east


class RoadsQuery(Query):
    """Which part of the map."""

    bbox = BoxField(
        load_default=lambda: EVERYWHERE,
        metadata={
            "type": "string",
            "description": "west,south,east,north in degrees; default: everywhere",
            "example": "-1.75,48.05,-1.6,48.15",
        },
    )
    zoom = QueryWhole(
        0, 22, load_default=12, metadata={"description": "zoom level of web maps: more classes and points nearer by"}
    )


class RoadsOfOneClassOut(Out):
    """A GeoJSON feature: the streets that are drawn alike."""

    type = text("Feature")
    properties = fields.Dict(required=True, metadata={"description": f"`class`: one of {', '.join(NAMES)}"})
    geometry = fields.Dict(required=True, metadata={"description": "a MultiLineString"})


class RoadsOut(Out):
    """A GeoJSON collection of streets, the largest classes first; empty where no graph is built."""

    type = text("FeatureCollection")
    attribution = text(doc="whom a map has to name")
    graph = text(null=True, doc="version of the road graph")
    complete = flag(doc="false: the smallest classes did not fit, ask for a smaller box")
    features = many(RoadsOfOneClassOut)
