"""A caller of the API, as small as one can be."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

type Body = Mapping[str, Any] | None


class CallFailed(RuntimeError):
    """The API answered with an error; the text holds its problem."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with a key."""

    url: str
    key: str = ""

    def get(self, path: str) -> dict[str, Any]:
        """Read something."""
        return self._call("GET", path, None)

    def post(self, path: str, body: Body = None, key: str | None = None) -> dict[str, Any]:
        """Do something, or make something; with an idempotency ``key`` it happens once however often it is sent."""
        headers = {"Idempotency-Key": key} if key else {}
        return self._call("POST", path, body if body is not None else {}, headers)

    def put(self, path: str, body: Body, etag: str | None = None) -> dict[str, Any]:
        """Set something; ``etag`` when it is there already."""
        return self._call("PUT", path, body, {"If-Match": etag} if etag else {})

    def _call(self, method: str, path: str, body: Body, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **(headers or {})}
        if self.key:
            sent["Authorization"] = f"Bearer {self.key}"
        request = Request(self.url + path, data=data, method=method, headers=sent)  # noqa: S310  (our own server)
        try:
            with urlopen(request, timeout=30) as answer:  # noqa: S310
                text = answer.read()
        except HTTPError as error:
            raise CallFailed(
                error.code, f"{method} {path}: {error.code} {error.read().decode(errors='replace')}"
            ) from error
        found: dict[str, Any] = json.loads(text) if text else {}
        return found


def answers(url: str) -> bool:
    """Whether the server is up and ready."""
    try:
        with urlopen(f"{url}/readyz", timeout=5) as answer:  # noqa: S310
            return bool(answer.status == HTTPStatus.OK)
    except (URLError, OSError):
        return False
