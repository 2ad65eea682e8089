"""/v1/roads.geojson: the streets of the built graph, for a base map."""

from flask import Response, request

from api.auth import VISIT
from api.call import Call
from api.compression import compress
from api.endpoints import Endpoints
from api.operations import Operation
from api.schemas.base import Json
from api.schemas.roads import RoadsOut, RoadsQuery
from service.road_map import ATTRIBUTION, road_map
from service.runtime import Runtime

MEDIA = "application/geo+json"

EXAMPLE = {
    "type": "FeatureCollection",
    "attribution": ATTRIBUTION,
    "graph": "5d1c07aa90b4",
    "complete": True,
    "features": [
        {
            "type": "Feature",
            "properties": {"class": "primary"},
            "geometry": {"type": "MultiLineString", "coordinates": [[[-1.6829, 48.1126], [-1.6778, 48.1173]]]},
        }
    ],
}

endpoints = Endpoints("roads", "The road network that travel times come from")


@endpoints.action(
    "GET",
    "/v1/roads.geojson",
    Operation(VISIT, RoadsOut, EXAMPLE, media=MEDIA, query=RoadsQuery(), tagged=True, missing=False),
)
def roads_geojson(call: Call) -> Response:
    """The streets in a box as GeoJSON, fewer from far away; under 300 kB, empty without a road graph."""
    return answer_roads(call.runtime, call.query)


def answer_roads(rt: Runtime, query: Json) -> Response:
    """The streets, or 304 while the graph is the one that the caller drew."""
    found = road_map(rt, query["bbox"], query["zoom"])
    answer = Response(found.text, content_type=MEDIA)
    answer.set_etag(found.version or "none", weak=True)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.make_conditional(request)
    return compress(request, answer)
