"""Bodies as gzip, for those who take it."""

import gzip

from flask import Request, Response

WORTH_IT = 1000
"""Bytes under which headers cost more than is saved."""

LEVEL = 6

TEXTS = ("html", "json", "css", "javascript", "plain")
"""How media types end that get shorter."""


def takes_gzip(request: Request) -> bool:
    """Whether the caller can unpack it."""
    return request.accept_encodings.quality("gzip") > 0


def compress(request: Request, response: Response) -> Response:
    """The same answer, shorter on the way; an ETag becomes a weak one, for the bytes are others."""
    response.vary.add("Accept-Encoding")
    if (
        not takes_gzip(request)
        or response.status_code != 200
        or response.content_encoding
        or response.direct_passthrough
        or not (response.mimetype or "").endswith(TEXTS)
        or len(response.get_data()) < WORTH_IT
    ):
        return response
    response.set_data(gzip.compress(response.get_data(), LEVEL, mtime=0))
    response.content_encoding = "gzip"
    tag, weak = response.get_etag()
    if tag and not weak:
        response.set_etag(tag, weak=True)
    return response
