"""Requests that another site makes a signed-in browser send change nothing here.

Browsers say themselves where a request comes from, so no token has to be kept, renewed, or taken along offline.
"""

from urllib.parse import urlsplit

from flask import Request

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def is_foreign(request: Request, public_url: str) -> bool:
    """Whether a request would change something, and was not made by a page of ours."""
    if request.method in SAFE:
        return False
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")  # from browsers of before 2023
    return origin is None or urlsplit(origin).netloc not in {request.host, urlsplit(public_url).netloc} - {""}
