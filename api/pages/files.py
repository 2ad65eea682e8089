"""/static: the pages' own files, and those of others that set-up puts under vendor."""

import gzip
import mimetypes
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

from api.auth import ANYBODY
from api.compression import WORTH_IT, takes_gzip
from api.pages.visitor import Screen

STATIC = Path(__file__).parent / "static"

TYPES = {".css", ".js", ".svg", ".png"}
FOREVER = "public, max-age=31536000, immutable"

blueprint = Blueprint("files", __name__)


def file(name: str) -> Response:
    """A file; under an address that changes with its content it may be kept for ever."""
    path = safe_join(str(STATIC), name)
    if path is None or name.endswith("/") or Path(path).suffix not in TYPES or not Path(path).is_file():
        raise NotFound
    found = _read(Path(path), Path(path).stat().st_mtime_ns)
    zipped = found.zipped is not None and takes_gzip(request)
    response = Response(found.zipped if zipped else found.body, content_type=found.media)
    if zipped:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    response.set_etag(found.version, weak=True)
    response.headers["Cache-Control"] = FOREVER if request.args.get("v") == found.version else "no-cache"
    response.make_conditional(request)
    return response


file.screen = Screen(ANYBODY)  # type: ignore[attr-defined]
blueprint.add_url_rule("/static/<path:name>", view_func=file)


def address_of(name: str) -> str:
    """Where a file is, with its version."""
    path = STATIC / name
    return f"/static/{name}?v={_read(path, path.stat().st_mtime_ns).version}"


def is_there(name: str) -> bool:
    """Whether set-up has put a file there."""
    return (STATIC / name).is_file()


class _File:
    """A file as it is sent."""

    def __init__(self, path: Path) -> None:
        self.body = path.read_bytes()
        self.version = sha256(self.body).hexdigest()[:12]
        media = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        is_text = media.startswith("text/") or "svg" in media
        self.media = f"{media}; charset=utf-8" if is_text else media
        worth_it = is_text and len(self.body) >= WORTH_IT
        self.zipped = gzip.compress(self.body, 9, mtime=0) if worth_it else None


@lru_cache(maxsize=200)
def _read(path: Path, changed_ns: int) -> _File:  # noqa: ARG001  (a changed file is read again)
    return _File(path)
