"""How geopy reaches a server: within a time and a size, however slowly or long it speaks."""

from ssl import SSLContext
from typing import Any

from geopy.adapters import AdapterHTTPError, BaseSyncAdapter
from geopy.exc import GeocoderParseError, GeocoderServiceError

from service.fetching import FetchFailed, fetch, read_json

MOST_BYTES = 1_000_000


class BoundedAdapter(BaseSyncAdapter):  # type: ignore[misc]
    """``timeout`` bounds the whole answer, not each piece; nobody is sent elsewhere."""

    def __init__(self, *, proxies: dict[str, str] | None, ssl_context: SSLContext | None) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        self._proxies = proxies
        self._context = ssl_context

    def get_json(self, url: str, *, timeout: float, headers: dict[str, str]) -> Any:
        """The answer's document."""
        try:
            return read_json(self._fetch(url, timeout, headers))
        except FetchFailed as error:
            raise GeocoderParseError("the answer is no JSON") from error

    def get_text(self, url: str, *, timeout: float, headers: dict[str, str]) -> str:
        """The answer as text; raises AdapterHTTPError for any status but 200."""
        return self._fetch(url, timeout, headers).decode("utf-8", "replace")

    def _fetch(self, url: str, timeout: float, headers: dict[str, str]) -> bytes:
        try:
            return fetch(
                url,
                timeout_s=timeout,
                most_bytes=MOST_BYTES,
                headers=headers,
                proxies=self._proxies,
                context=self._context,
            )
        except FetchFailed as error:
            if error.status not in (0, 200):
                raise AdapterHTTPError(str(error), status_code=error.status, headers={}, text="") from error
            raise GeocoderServiceError(str(error)) from error
