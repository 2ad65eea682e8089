"""Reading another server: bounded in time and size, and never elsewhere."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from threading import Event, Thread

import pytest

from service.fetching import FetchFailed, fetch, fetch_json
from tests.service.travel.hostile import Answering, Handler, Hostile, flooding, served, silent, text, trickling

MOST_BYTES = 2_000_000


@pytest.fixture
def server() -> Iterator[Hostile]:
    """A server that answers as a test says."""
    with served() as made:
        yield made


def read(server: Hostile, timeout_s: float = 0.3) -> bytes:
    return fetch(server.url, timeout_s=timeout_s, most_bytes=MOST_BYTES)


def test_document_is_read_and_the_question_sent(server: Hostile) -> None:
    bodies = []

    def answer(handler: Handler) -> None:
        bodies.append((handler.body, handler.headers["Content-Type"], handler.headers["Accept"]))
        handler.say(b'{"seconds": [1, null]}')

    server.answer = answer
    assert fetch_json(f"{server.url}/table", {"places": [1]}, 5.0, MOST_BYTES) == {"seconds": [1, None]}
    assert bodies == [(b'{"places":[1]}', "application/json", "application/json")]


@pytest.mark.parametrize("answer", [silent, trickling], ids=["silent", "trickling"])
def test_slow_server_is_cut_off(server: Hostile, answer: Answering) -> None:
    server.answer = answer
    with pytest.raises(FetchFailed, match=r"within 0\.3 s"):
        read(server)


def test_endless_answer_is_cut_off(server: Hostile) -> None:
    server.answer = flooding
    with pytest.raises(FetchFailed, match="more than 2000000 bytes"):
        read(server, 60.0)


def test_redirect_is_a_fault_like_others(server: Hostile) -> None:
    with served() as other:
        server.answer = text(b"", 307, Location=other.url)
        with pytest.raises(FetchFailed) as caught:
            read(server, 5.0)
        assert (caught.value.status, other.asked) == (307, [])


def test_status_and_words_of_a_refusal_are_kept(server: Hostile) -> None:
    server.answer = text(b'{"code": "TooBig"}' + b" " * 20_000, 400)
    with pytest.raises(FetchFailed, match="status 400") as caught:
        read(server, 5.0)
    assert caught.value.body.startswith(b'{"code": "TooBig"}') and len(caught.value.body) == 10_000


@pytest.mark.parametrize("body", [b"", b"<html>", b"[NaN]", b"[1e5, Infinity]", b"[" * 100_000, b"\xff\xfe"])
def test_what_is_no_json_is_a_fault(server: Hostile, body: bytes) -> None:
    server.answer = text(body)
    with pytest.raises(FetchFailed, match="no JSON"):
        fetch_json(server.url, None, 5.0, MOST_BYTES)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:text/plain,1"])
def test_other_schemes_are_not_read(url: str) -> None:
    with pytest.raises(FetchFailed, match="only http"):
        fetch(url, timeout_s=1.0, most_bytes=MOST_BYTES)


def test_handshake_that_never_ends_is_cut_off() -> None:
    """One byte at a time, each of them soon enough."""
    over = Event()

    def trickle(listening: socket.socket) -> None:
        caller, _ = listening.accept()
        with caller, suppress(OSError):
            caller.sendall(b"\x16\x03\x03\x40\x00")
            while not over.wait(0.02):
                caller.sendall(b"\x00")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=trickle, args=(listening,))
        thread.start()
        try:
            with pytest.raises(FetchFailed, match=r"within 0\.3 s"):
                fetch(f"https://127.0.0.1:{listening.getsockname()[1]}", timeout_s=0.3, most_bytes=MOST_BYTES)
        finally:
            over.set()
            thread.join(10)
