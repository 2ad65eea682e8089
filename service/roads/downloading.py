"""Downloads an extract: goes on where it broke off, and checks what came against the sum that lies beside it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

from service.narration import Say
from service.roads.cutting import SAY_EVERY_S
from service.roads.refusals import RoadsRefused

TIMEOUT_S = 30.0
CHUNK = 1 << 18

OK, PARTIAL, NOT_MODIFIED, UNSATISFIABLE = 200, 206, 304, 416

MOST_SUM_BYTES = 1000


def download(url: str, folder: Path, say: Say) -> Path:
    """The file of an address, in ``folder``; not again while the server's is the same."""
    parts = urlsplit(url)
    name = unquote(parts.path).rpartition("/")[2]
    if parts.scheme not in ("http", "https") or not name:
        raise RoadsRefused(f"TOURNEE_ROADS_URL is no address of a file: {url!r}; or give a file: make roads pbf=FILE")
    target = folder / name
    part = target.with_name(f"{name}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _told(url, part):
            if _download(url, target, part, say):
                _check_sum(url, part, say)
                _stamp(part).replace(_stamp(target))
                part.replace(target)
    except OSError as error:
        raise RoadsRefused(f"{part}: {error.strerror or error}; what was fetched is kept, try again") from error
    return target


def _download(url: str, target: Path, part: Path, say: Say) -> bool:
    """Fetch what is missing of ``part``; False when ``target`` is what the server has."""
    answer = _asked(url, target, part)
    if answer is None:
        say(f"{target.name} is what the server has: not fetched again")
        return False
    with answer:
        goes_on = answer.status == PARTIAL
        done = part.stat().st_size if goes_on else 0
        left = int(answer.headers["Content-Length"]) if answer.headers["Content-Length"] else None
        total = done + left if left is not None else None
        if not goes_on:
            _stamp(part).write_text(answer.headers["ETag"] or answer.headers["Last-Modified"] or "", "utf-8")
        say(f"{'Going on with' if goes_on else 'Fetching'} {url}{f', {total >> 20} MB' if total else ''}")
        with part.open("ab" if goes_on else "wb") as file:
            done += _copy(answer, file, done, total, say)
    if total is not None and done != total:
        raise EOFError(f"{done} of {total} bytes came")
    return True


def _asked(url: str, target: Path, part: Path) -> HTTPResponse | None:
    """The server's answer: the whole, or the rest of what was begun; None when there is nothing new."""
    headers = {"User-Agent": "tournee"}
    begun, stamp = _size(part), _read(_stamp(part))
    if begun and stamp and not stamp.startswith("W/"):
        headers |= {"Range": f"bytes={begun}-", "If-Range": stamp}
    elif target.exists() and _read(_stamp(target)):
        known = _read(_stamp(target))
        headers["If-None-Match" if known.startswith(('"', "W/")) else "If-Modified-Since"] = known
    try:
        answer: HTTPResponse = urlopen(Request(url, headers=headers), timeout=TIMEOUT_S)  # noqa: S310  (http and https)
    except HTTPError as error:
        error.close()
        if error.code == NOT_MODIFIED:
            return None
        if error.code == UNSATISFIABLE and begun:  # more than the whole was there: another file by now
            part.unlink()
            return _asked(url, target, part)
        raise
    return answer


def _copy(answer: HTTPResponse, file: Any, begun: int, total: int | None, say: Say) -> int:
    """Write what comes; how much that was."""
    came, told, since = 0, monotonic(), monotonic()
    while chunk := answer.read1(CHUNK):
        file.write(chunk)
        came += len(chunk)
        if monotonic() - told > SAY_EVERY_S:
            told = monotonic()
            of = f" of {total >> 20}" if total else ""
            say(f"  {(begun + came) >> 20}{of} MB, {came / (told - since) / 1e6:.1f} MB/s")
    return came


def _check_sum(url: str, part: Path, say: Say) -> None:
    """Compare with the MD5 sum that lies beside the file, as regional extracts have one."""
    try:
        with urlopen(Request(f"{url}.md5", headers={"User-Agent": "tournee"}), timeout=TIMEOUT_S) as answer:  # noqa: S310
            wanted = answer.read(MOST_SUM_BYTES).decode("ascii", "replace").split()
    except (HTTPError, URLError, TimeoutError, HTTPException) as error:
        if isinstance(error, HTTPError):
            error.close()
        say("  no sum lies beside it to check against")
        return
    if not wanted or len(wanted[0]) != 32:
        say("  no sum lies beside it to check against")
        return
    digest = hashlib.md5(usedforsecurity=False)
    with part.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    if digest.hexdigest() != wanted[0].lower():
        part.unlink()
        raise RoadsRefused(f"what came from {url} is not what its MD5 sum says: nothing was kept, fetch it again")
    say("  the sum is right")


@contextmanager
def _told(url: str, part: Path) -> Iterator[None]:
    """Say in a sentence why something could not be fetched, and how to go on."""
    try:
        yield
    except (HTTPError, URLError, HTTPException, TimeoutError, ConnectionError, EOFError) as error:
        why = f"HTTP {error.code}" if isinstance(error, HTTPError) else str(getattr(error, "reason", "") or error)
        kept = _size(part)
        on = f"{kept >> 20} MB are kept and will be gone on with. " if kept else ""
        raise RoadsRefused(
            f"{url} could not be fetched ({why or type(error).__name__}). {on}"
            "Try again, or fetch it by other means: make roads pbf=FILE"
        ) from error


def _stamp(file: Path) -> Path:
    """Where lies what the server calls this state of the file."""
    return file.with_name(f"{file.name}.stamp")


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _read(file: Path) -> str:
    return file.read_text("utf-8") if file.exists() else ""
