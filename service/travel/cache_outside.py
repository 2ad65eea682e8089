"""Asking road engines outside transactions: what is missing inside one is asked for after it, and the work begun anew.

A use case finds out inside its transaction which ways it needs, and an engine may take seconds. Under ``asked_outside``
a table that is not remembered ends the transaction with ``Missing``; it is asked for with nothing held, and the use
case runs again, then with the answer at hand. Whoever works without it asks inside the transaction.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from service.store.database import in_transaction
from service.travel.cache_blocks import Code, Header, Key
from service.travel.haste import in_haste, patience_ends
from service.travel.source import Tables

MOST_ROUNDS = 8
"""A use case asks for two or three kinds of tables; one that goes on longer asks inside after all."""

Gap = tuple[Key, tuple[Code, ...], tuple[Code, ...]]
"""Ways from these places to those."""


class Asked(Protocol):
    """Who can be asked for gaps."""

    def ask_all(self, gaps: Sequence[Gap]) -> list[tuple[Header, Tables]]:
        """The ways in the order of the gaps, remembered where that is worth it."""
        ...


class Missing(Exception):
    """A table is needed that only an engine can give; not now."""

    def __init__(self, travel: Asked, gaps: list[Gap]) -> None:
        super().__init__("ways have to be asked for outside the transaction")
        self.travel = travel
        self.gaps = gaps
        self.patience_ends = patience_ends()

    def ask(self) -> list[tuple[Header, Tables]]:
        """Ask now, with the patience of whoever needed it."""
        if self.patience_ends is None:
            return self.travel.ask_all(self.gaps)
        with in_haste(self.patience_ends):
            return self.travel.ask_all(self.gaps)


@dataclass
class Round:
    """What one use case has been told so far."""

    answers: dict[Key, list[tuple[Header, Tables]]] = field(default_factory=dict)
    """Of an engine that is down too: the work shall go on with them, and nobody else."""
    kept: dict[str, Any] = field(default_factory=dict)


_ROUND: ContextVar[Round | None] = ContextVar("round", default=None)


def asked_outside[T](work: Callable[[], T]) -> T:
    """Do a piece of work that can be begun anew; engines are asked between its transactions."""
    if _ROUND.get() is not None:
        return work()
    with _opened(Round()) as own:
        for _ in range(MOST_ROUNDS):
            try:
                return work()
            except Missing as missing:
                for gap, answer in zip(missing.gaps, missing.ask(), strict=True):
                    own.answers.setdefault(gap[0], []).append(answer)
    return work()


def once_per_work[T](name: str, do: Callable[[], T]) -> T:
    """Do what need not be done again when the work around it is begun anew."""
    own = _ROUND.get()
    if own is None:
        return do()
    if name not in own.kept:
        own.kept[name] = do()
    return cast("T", own.kept[name])


def told(key: Key) -> list[tuple[Header, Tables]]:
    """What the work around was told for a key."""
    own = _ROUND.get()
    return [] if own is None else own.answers.get(key, [])


def has_to_wait() -> bool:
    """Whether this is no moment to ask an engine: a transaction is open, and its work can be begun anew."""
    return _ROUND.get() is not None and in_transaction()


@contextmanager
def _opened(own: Round) -> Iterator[Round]:
    token = _ROUND.set(own)
    try:
        yield own
    finally:
        _ROUND.reset(token)
