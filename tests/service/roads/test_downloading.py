"""Fetching an extract from a real server that breaks off, changes its mind or lies."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from service.roads.downloading import download
from service.roads.refusals import RoadsRefused

CONTENT = bytes(range(256)) * 4000


@dataclass
class Shop:
    """A server of one file."""

    url: str = ""
    content: bytes = CONTENT
    etag: str = '"one"'
    breaks_after: int | None = None
    ranges: bool = True
    md5: str | None = None
    status: int = 200
    asked: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.endswith(".md5"):
                body = (shop.md5 or "").encode()
                self.answer(200 if shop.md5 else 404, body, {})
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            shop.asked.append(headers)
            if shop.status != 200:
                self.answer(shop.status, b"sorry", {})
            elif headers.get("if-none-match") == shop.etag:
                self.answer(304, b"", {})
            elif "range" in headers and shop.ranges and headers.get("if-range") == shop.etag:
                start = int(headers["range"].removeprefix("bytes=").rstrip("-"))
                if start >= len(shop.content):
                    self.answer(416, b"", {})
                else:
                    self.answer(206, shop.content[start:], {"ETag": shop.etag})
            else:
                self.answer(200, shop.content, {"ETag": shop.etag})

        def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            part = body if shop.breaks_after is None else body[: shop.breaks_after]
            self.wfile.write(part)
            self.close_connection = True

        def log_message(self, *_args: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        shop.url = f"http://127.0.0.1:{server.server_address[1]}/europe/bretagne-latest.osm.pbf"
        try:
            yield shop
        finally:
            server.shutdown()
            thread.join()


def test_file_is_fetched_with_progress(shop: Shop, tmp_path: Path) -> None:
    said: list[str] = []
    file = download(shop.url, tmp_path / "source", said.append)
    assert file == tmp_path / "source" / "bretagne-latest.osm.pbf"
    assert file.read_bytes() == CONTENT
    assert any(shop.url in line for line in said)
    assert not list(file.parent.glob("*.part"))


def test_download_goes_on_where_it_broke_off(shop: Shop, tmp_path: Path) -> None:
    shop.breaks_after = 300_000
    with pytest.raises(RoadsRefused, match=r"could not be fetched.*kept.*make roads pbf=FILE"):
        download(shop.url, tmp_path, lambda _line: None)
    assert (tmp_path / "bretagne-latest.osm.pbf.part").stat().st_size == 300_000
    assert not (tmp_path / "bretagne-latest.osm.pbf").exists()

    shop.breaks_after = None
    said: list[str] = []
    assert download(shop.url, tmp_path, said.append).read_bytes() == CONTENT
    assert shop.asked[-1]["range"] == "bytes=300000-"
    assert said[0].startswith("Going on with")


def test_another_state_of_the_file_is_begun_anew(shop: Shop, tmp_path: Path) -> None:
    shop.breaks_after = 300_000
    with pytest.raises(RoadsRefused):
        download(shop.url, tmp_path, lambda _line: None)

    shop.breaks_after, shop.etag, shop.content = None, '"two"', CONTENT[::-1]
    assert download(shop.url, tmp_path, lambda _line: None).read_bytes() == CONTENT[::-1]


def test_server_without_ranges_is_begun_anew(shop: Shop, tmp_path: Path) -> None:
    shop.breaks_after, shop.ranges = 300_000, False
    with pytest.raises(RoadsRefused):
        download(shop.url, tmp_path, lambda _line: None)
    shop.breaks_after = None
    assert download(shop.url, tmp_path, lambda _line: None).read_bytes() == CONTENT


def test_part_that_is_longer_than_the_whole_is_begun_anew(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "bretagne-latest.osm.pbf.part").write_bytes(CONTENT + b"more")
    (tmp_path / "bretagne-latest.osm.pbf.part.stamp").write_text(shop.etag)
    assert download(shop.url, tmp_path, lambda _line: None).read_bytes() == CONTENT


def test_same_file_is_not_fetched_twice(shop: Shop, tmp_path: Path) -> None:
    download(shop.url, tmp_path, lambda _line: None)
    said: list[str] = []
    assert download(shop.url, tmp_path, said.append).read_bytes() == CONTENT
    assert "not fetched again" in said[0]

    shop.etag, shop.content = '"two"', CONTENT[:1000]
    assert download(shop.url, tmp_path, lambda _line: None).read_bytes() == CONTENT[:1000]


def test_sum_is_compared(shop: Shop, tmp_path: Path) -> None:
    digest = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
    shop.md5 = f"{digest}  bretagne-latest.osm.pbf\n"
    said: list[str] = []
    download(shop.url, tmp_path, said.append)
    assert said[-1].strip() == "the sum is right"


def test_wrong_sum_keeps_nothing_and_leaves_what_was_there(shop: Shop, tmp_path: Path) -> None:
    download(shop.url, tmp_path, lambda _line: None)
    shop.etag, shop.content, shop.md5 = '"two"', b"something else", f"{'0' * 32}  x"
    with pytest.raises(RoadsRefused, match="not what its MD5 sum says"):
        download(shop.url, tmp_path, lambda _line: None)
    assert (tmp_path / "bretagne-latest.osm.pbf").read_bytes() == CONTENT
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("status", [403, 404, 429, 500, 503])
def test_refusal_of_the_server_is_told(shop: Shop, tmp_path: Path, status: int) -> None:
    shop.status = status
    with pytest.raises(RoadsRefused, match=f"HTTP {status}"):
        download(shop.url, tmp_path, lambda _line: None)
    assert list(tmp_path.iterdir()) == []


def test_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RoadsRefused, match="could not be fetched"):
        download("http://127.0.0.1:9/bretagne.osm.pbf", tmp_path, lambda _line: None)


@pytest.mark.parametrize("url", ["", "bretagne.osm.pbf", "file:///etc/passwd", "ftp://host/x.osm.pbf", "http://host/"])
def test_address_of_no_file_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(RoadsRefused, match="TOURNEE_ROADS_URL"):
        download(url, tmp_path, lambda _line: None)
