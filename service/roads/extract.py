"""An OpenStreetMap extract as it was given: whether it is one, whole, and of what age.

The file is a row of blocks, each with its length before it (https://wiki.openstreetmap.org/wiki/PBF_Format), so a
download that broke off is told by walking over the lengths, without reading the data.
"""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import osmium

from service.narration import Say
from service.roads.graph import Source
from service.roads.refusals import RoadsRefused

LENGTH_BYTES = 4
LONGEST_HEADER = 64 * 1024
LONGEST_BLOCK = 32 * 1024 * 1024
"""Limits of the format."""

CHUNK = 1 << 22

KNOWN_STARTS = {
    b"<!do": "a web page",
    b"<htm": "a web page",
    b"<?xm": "XML (convert it: osmium cat FILE -o FILE.osm.pbf)",
    b"<osm": "XML (convert it: osmium cat FILE -o FILE.osm.pbf)",
    b"\x1f\x8b": "gzip data (convert it: osmium cat FILE -o FILE.osm.pbf)",
    b"bzh": "bzip2 data (convert it: osmium cat FILE -o FILE.osm.pbf)",
    b"pk\x03\x04": "a zip archive (take the .osm.pbf out of it)",
    b"{": "JSON",
}


def read_source(file: Path, say: Say) -> Source:
    """Check an extract and tell what it is; refuses what is none, or not whole."""
    try:
        size = file.stat().st_size
        with file.open("rb") as stream:
            check_blocks(file.name, stream, size)
            stream.seek(0)
            sha256 = _digest(stream, size, say)
    except FileNotFoundError:
        raise RoadsRefused(f"{file}: there is no such file") from None
    except OSError as error:
        raise RoadsRefused(f"{file}: cannot be read ({error.strerror or error})") from None
    return Source(file.name, sha256, size, _date(file))


def check_blocks(name: str, stream: BinaryIO, size: int) -> None:
    """Refuse a file that is no extract, or ends in the middle of a block."""
    if size == 0:
        raise RoadsRefused(f"{name} is empty: fetch it again")
    start, first = 0, True
    while start < size:
        length = int.from_bytes(stream.read(LENGTH_BYTES), "big")
        if not 0 < length <= LONGEST_HEADER:
            raise RoadsRefused(_not_one(name, stream) if first else _broken(name, start))
        kind, block = _block_header(stream.read(length))
        if first and kind != b"OSMHeader":
            raise RoadsRefused(_not_one(name, stream))
        end = start + LENGTH_BYTES + length + block
        if end > size:
            raise RoadsRefused(
                f"{name} is only a part of an extract: it ends after {size} bytes, in a block that goes on to "
                f"{end} at least. Fetch it again"
            )
        if not kind or not 0 < block <= LONGEST_BLOCK:
            raise RoadsRefused(_broken(name, start))
        stream.seek(end)
        start, first = end, False


def _block_header(header: bytes) -> tuple[bytes, int]:
    """Type and length of a block: fields 1 and 3 of a protocol buffer of three; no type when it is none."""
    kind, block, at = b"", 0, 0
    try:
        while at < len(header):
            key, at = header[at], at + 1
            number, at = _varint(header, at)
            match key:
                case 0x0A:
                    kind, at = header[at : at + number], at + number
                case 0x12:
                    at += number
                case 0x18:
                    block = number
                case _:
                    return b"", 0
    except IndexError:
        return b"", 0
    return kind, block


def _varint(header: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits per byte, the lowest first; and where it ends."""
    number = shift = 0
    while True:
        byte, at = header[at], at + 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at
        shift += 7


def _not_one(name: str, stream: BinaryIO) -> str:
    """What a file seems to be that is no extract."""
    stream.seek(0)
    start = stream.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    what = next((words for sign, words in KNOWN_STARTS.items() if start.startswith(sign)), "something else")
    return f"{name} is no .osm.pbf extract but {what}. Fetch the extract again"


def _broken(name: str, at: int) -> str:
    return f"{name} is damaged: what should be a block at byte {at} is none. Fetch it again"


def _digest(stream: BinaryIO, size: int, say: Say) -> str:
    """SHA-256 of the whole."""
    digest = hashlib.sha256()
    done, told = 0, 0
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
        done += len(chunk)
        if done - told >= 25 * CHUNK:
            say(f"  checked {done >> 20} of {size >> 20} MB")
            told = done
    return digest.hexdigest()


def _date(file: Path) -> str:
    """How old the data are: the extract's own word, else the file's age."""
    try:
        with osmium.io.Reader(str(file), osmium.osm.NOTHING) as reader:
            stamp = reader.header().get("osmosis_replication_timestamp")
    except RuntimeError as error:
        raise RoadsRefused(f"{file.name} is damaged: {error}. Fetch it again") from None
    try:
        return datetime.fromisoformat(stamp).astimezone(UTC).isoformat()
    except ValueError:
        return datetime.fromtimestamp(int(file.stat().st_mtime), UTC).isoformat()
