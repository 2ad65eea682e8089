"""Reading another server's answer within a time and a size, however slowly or long it speaks."""

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from ssl import SSLContext
from threading import Event, Lock, Timer
from time import monotonic
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

MOST_OF_A_FAULT = 10_000
"""Bytes that are read of an answer which says that it cannot answer."""

NO_HEADERS: Mapping[str, str] = {}


class FetchFailed(Exception):
    """No answer that can be used; ``status`` is 0 where none came, ``body`` what came with another than 200."""

    def __init__(self, reason: str, status: int = 0, body: bytes = b"") -> None:
        super().__init__(reason)
        self.status = status
        self.body = body


def fetch(
    url: str,
    *,
    timeout_s: float,
    most_bytes: int,
    body: bytes | None = None,
    headers: Mapping[str, str] = NO_HEADERS,
    proxies: dict[str, str] | None = None,
    context: SSLContext | None = None,
) -> bytes:
    """The body of a 200; ``timeout_s`` bounds the whole of it, not each piece, and nobody is sent elsewhere."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise FetchFailed("only http and https are read")
    deadline = monotonic() + timeout_s
    with _connections(timeout_s) as made:
        opener = build_opener(_Http(made), _Https(made, context), ProxyHandler(proxies), _Here())
        request = Request(url, data=body, headers=dict(headers))  # noqa: S310
        try:
            status, answer = _read(opener, request, timeout_s, most_bytes)
        except Exception as error:
            if monotonic() >= deadline:  # we have cut it off ourselves
                raise FetchFailed(f"no answer within {timeout_s:g} s") from error
            cause = getattr(error, "reason", error)
            raise FetchFailed(type(cause if isinstance(cause, Exception) else error).__name__) from error
    if monotonic() >= deadline:
        raise FetchFailed(f"no whole answer within {timeout_s:g} s", status)
    if status != 200:
        raise FetchFailed(f"status {status}", status, answer)
    if len(answer) > most_bytes:
        raise FetchFailed(f"more than {most_bytes} bytes", status)
    return answer


def fetch_json(url: str, body: Any | None, timeout_s: float, most_bytes: int) -> Any:
    """The document that a server of one's own answers, to a question as JSON where there is one; by no proxy."""
    headers = {"Accept": "application/json"}
    question = None
    if body is not None:
        headers["Content-Type"] = "application/json"
        question = json.dumps(body, separators=(",", ":"), allow_nan=False).encode()
    answer = fetch(url, timeout_s=timeout_s, most_bytes=most_bytes, body=question, headers=headers, proxies={})
    return read_json(answer)


def read_json(text: bytes) -> Any:
    """The document; numbers that are none are refused."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise FetchFailed("the answer is no JSON", 200) from error


def _read(opener: OpenerDirector, request: Request, timeout_s: float, most_bytes: int) -> tuple[int, bytes]:
    try:
        with opener.open(request, timeout=timeout_s) as answer:
            return answer.status, answer.read(most_bytes + 1)
    except HTTPError as error:
        with error:
            return error.code, _read_fault(error)


def _read_fault(error: HTTPError) -> bytes:
    try:
        return error.read(MOST_OF_A_FAULT)
    except Exception:
        return b""


class _Here(HTTPRedirectHandler):
    """Whoever answers with another address is not followed: the redirect is an error like others."""

    def redirect_request(self, *_: Any) -> None:
        """No."""


class _Http(HTTPHandler):
    def __init__(self, made: Callable[[Any], Any]) -> None:
        super().__init__()
        self._made = made

    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(self._made(HTTPConnection), req)


class _Https(HTTPSHandler):
    def __init__(self, made: Callable[[Any], Any], context: SSLContext | None) -> None:
        super().__init__(context=context)
        self._made = made
        self._ssl = context

    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(self._made(HTTPSConnection), req, context=self._ssl)


@contextmanager
def _connections(seconds: float) -> Iterator[Callable[[Any], Any]]:
    """Connections that are cut after so many seconds, whatever is being waited for."""
    held: list[socket.socket] = []
    lock, over = Lock(), Event()

    def hold(one: socket.socket) -> None:
        with lock:
            held.append(one.dup())  # what is encrypted over it later on is cut with it
            if over.is_set():  # it took too long to be reached
                one.close()
                raise TimeoutError

    def bounded(kind: type[HTTPConnection]) -> Callable[..., HTTPConnection]:
        class Bounded(kind):  # type: ignore[misc, valid-type]
            _create_connection: Callable[..., socket.socket]

            def connect(self) -> None:
                reach = self._create_connection

                def reach_and_hold(*where: Any) -> socket.socket:
                    one = reach(*where)
                    hold(one)
                    return one

                self._create_connection = reach_and_hold
                super().connect()

        return Bounded

    def cut() -> None:
        with lock:
            over.set()
            for one in held:
                with suppress(OSError):  # it has ended by itself
                    one.shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield bounded
    finally:
        timer.cancel()
        with lock:
            for one in held:
                one.close()


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no number")
