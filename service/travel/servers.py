"""What road servers of either kind have in common: how they are reached, and which graph they say they have."""

import hashlib
from collections.abc import Callable
from threading import Lock, Thread
from time import monotonic
from typing import Any

import numpy as np

from service.fetching import FetchFailed, fetch_json, read_json
from service.travel.engine import EngineDown, FloatArray
from service.travel.source import Place

MOST_BYTES = 64_000_000
"""Of one answer; 500 x 500 cells of seconds and metres are 4 000 000."""

PATIENCE_S = 0.5
"""So long somebody waits for what a server says of its graph."""

VERSION_KEPT_S = 600.0
"""After which a server is asked again whether its graph is another one."""

TOO_MANY = 429

MOST_WORDS = 80
"""Letters of its own words that are told."""

PLACEHOLDER = "{profile}"


class Server:
    """An address and how it is asked."""

    def __init__(self, url: str, timeout_s: float) -> None:
        self.url = url.rstrip("/")
        self.timeout_s = timeout_s

    @property
    def key(self) -> str:
        """Stands for the address in versions, which may be shown."""
        return hashlib.sha256(self.url.encode()).hexdigest()[:8]

    def ask(self, path: str, question: Any | None, profile: str = "car") -> Any:
        """The document it answers; raises EngineDown."""
        try:
            return self.ask_raw(path, question, profile)
        except FetchFailed as error:
            raise down(error) from error

    def ask_raw(self, path: str, question: Any | None, profile: str = "car") -> Any:
        """The same; raises FetchFailed, for whoever reads why."""
        url = f"{self.url.replace(PLACEHOLDER, profile)}/{path}"
        return fetch_json(url, question, self.timeout_s, MOST_BYTES)


class Remembered:
    """What a server says of its graph, asked for now and then; the last word holds while it says nothing.

    It is wanted everywhere, in transactions too, so nobody waits long for it: who is slow is heard the next time.
    """

    def __init__(self, ask: Callable[[], str], clock: Callable[[], float] = monotonic) -> None:
        self._ask = ask
        self._clock = clock
        self._word = "unknown"
        self._until = float("-inf")
        self._lock = Lock()

    def read(self) -> str:
        """The word; never raises because the server is down."""
        with self._lock:
            is_due = self._clock() >= self._until
            if is_due:
                self._until = self._clock() + VERSION_KEPT_S
        if is_due:
            asking = Thread(target=self._ask_again, daemon=True)
            asking.start()
            asking.join(PATIENCE_S)
        return self._word

    def _ask_again(self) -> None:
        try:
            self._word = self._ask()
        except EngineDown:
            self._until = self._clock() + VERSION_KEPT_S / 10


def down(error: FetchFailed) -> EngineDown:
    """What a failed request means: whoever says that it is asked too much is not asked again at once."""
    words = word_in(error, "code") or word_in(error, "error")
    is_said = isinstance(words, str) and words.isprintable()
    reason = f"{error}, {words[:MOST_WORDS]}" if is_said else str(error)
    return EngineDown(reason, is_final=error.status == TOO_MANY)


def word_in(error: FetchFailed, name: str) -> Any:
    """What a server said beside its refusal; None: nothing."""
    try:
        answer = read_json(error.body)
    except FetchFailed:
        return None
    return answer.get(name) if isinstance(answer, dict) else None


def numbers_in(rows: Any, shape: tuple[int, ...]) -> FloatArray:
    """A table of an answer; None becomes nan. Raises EngineDown when it is none, or of another shape."""
    try:
        kind = np.asarray(rows).dtype.kind
        if kind not in "fi" and not (kind == "O" and all(_is_number(one) for row in rows for one in row)):
            raise TypeError(kind)
        numbers = np.array(rows, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise EngineDown("no table of numbers") from error
    if numbers.shape != shape:
        raise EngineDown(f"a table of {numbers.shape} for {shape} places")
    return numbers


def _is_number(cell: Any) -> bool:
    """A word or a truth value is none, though it can be read as one."""
    return cell is None or (isinstance(cell, (int, float)) and not isinstance(cell, bool))


def places_in(points: Any) -> tuple[Place, ...]:
    """Points [lon, lat] of an answer; raises EngineDown."""
    return tuple((float(lat), float(lon)) for lon, lat in numbers_in(points, (len(points), 2)))
