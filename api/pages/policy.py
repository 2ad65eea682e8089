"""Content-Security-Policy of pages: our own files, and pictures of the map server that is set."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

_HOST = re.compile(r"(\{s\}\.)?[A-Za-z0-9.-]+(:[0-9]{1,5})?", re.ASCII)


@lru_cache(maxsize=8)
def policy(tiles_url: str) -> str:
    """The policy with or without a map server."""
    images = " ".join(["'self'", "data:", *tile_origins(tiles_url)])
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src {images}; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def tile_origins(tiles_url: str) -> list[str]:
    """Where tiles come from; nothing for an address that is none."""
    parts = urlsplit(tiles_url)
    if parts.scheme not in ("http", "https") or _HOST.fullmatch(parts.netloc) is None:
        return []
    return [f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}"]
