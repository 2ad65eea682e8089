"""Reading another server's answer within a time and a size, however slowly or long it speaks."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from ssl import SSLContext
from threading import Timer
from typing import Any
from urllib.request import (
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

from geopy.adapters import AdapterHTTPError, BaseSyncAdapter
from geopy.exc import GeocoderParseError, GeocoderServiceError

MOST_BYTES = 1_000_000


class BoundedAdapter(BaseSyncAdapter):  # type: ignore[misc]
    """How geopy reaches a server: ``timeout`` bounds the whole answer, not each piece; nobody is sent elsewhere."""

    def __init__(self, *, proxies: dict[str, str] | None, ssl_context: SSLContext | None) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        self._proxies = proxies
        self._context = ssl_context

    def get_json(self, url: str, *, timeout: float, headers: dict[str, str]) -> Any:
        """The answer's document."""
        text = self.get_text(url, timeout=timeout, headers=headers)
        try:
            return json.loads(text, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise GeocoderParseError("the answer is no JSON") from error

    def get_text(self, url: str, *, timeout: float, headers: dict[str, str]) -> str:
        """The answer as text; raises AdapterHTTPError for any status but 200."""
        with _connections(timeout) as made:
            try:
                with self._opener(made).open(Request(url, headers=headers), timeout=timeout) as answer:  # noqa: S310
                    body: bytes = answer.read(MOST_BYTES + 1)
                    status: int = answer.status
            except Exception as error:
                status = getattr(error, "code", 0)
                if status:
                    raise AdapterHTTPError(f"status {status}", status_code=status, headers={}, text="") from error
                raise GeocoderServiceError(type(error).__name__) from error
        if status != 200 or len(body) > MOST_BYTES:
            raise GeocoderServiceError(f"status {status}, {len(body)} bytes")
        return body.decode("utf-8", "replace")

    def _opener(self, made: Callable[[Any], Any]) -> OpenerDirector:
        return build_opener(_Http(made), _Https(made, self._context), ProxyHandler(self._proxies), _Here())


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
    sockets: list[socket.socket] = []

    def bounded(kind: type[HTTPConnection]) -> Callable[..., HTTPConnection]:
        class Bounded(kind):  # type: ignore[misc, valid-type]
            def connect(self) -> None:
                super().connect()
                sockets.append(self.sock)

        return Bounded

    def cut() -> None:
        for one in sockets:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it has ended by itself

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield bounded
    finally:
        timer.cancel()


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no number")
