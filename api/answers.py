"""What use cases answer with, as HTTP responses."""

import json
from typing import Any

from flask import Response, request

from api.call import Call, edge
from api.conditions import etag, has_not_changed
from service.answers import Answer, Listing

Result = Answer | Listing | Response
"""What a view may return."""


GEOJSON = "application/geo+json"


def as_geojson(answer: Answer) -> Response:
    """An answer that is GeoJSON."""
    return _write(answer.body, 200, GEOJSON)


def respond(call: Call, result: Result, status: int) -> Response:
    """The response of a view."""
    if isinstance(result, Response):
        return result
    if isinstance(result, Listing):
        return _write(_list(call, result), status)
    return _respond_one(call, result, status)


def _respond_one(call: Call, answer: Answer, status: int) -> Response:
    if request.method in ("GET", "HEAD") and answer.revision is not None:
        since = call.query.get("since")
        if since is not None and answer.revision <= since:
            return _tagged(Response(status=204), answer.revision)
        if has_not_changed(request, answer.revision):
            return _tagged(Response(status=304), answer.revision)
    response = _write(answer.body, status)
    if answer.revision is not None:
        _tagged(response, answer.revision)
    if answer.location is not None and status in (201, 202):
        response.headers["Location"] = answer.location
    if status == 202:
        response.headers["Retry-After"] = "2"
    if answer.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _list(call: Call, listing: Listing) -> dict[str, Any]:
    after = listing.after
    return {
        "items": listing.items,
        "next": None if after is None else edge().cursors.write(call.listing, after),
    }


def _write(body: Any, status: int, media: str = "application/json") -> Response:
    text = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(text, status, mimetype=media)


def _tagged(response: Response, revision: int) -> Response:
    response.headers["ETag"] = etag(revision)
    return response
