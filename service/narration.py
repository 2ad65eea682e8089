"""What commands say while they work."""

from collections.abc import Callable

Say = Callable[[str], None]
"""Whoever is told of each step in a line."""


def spaced(number: int) -> str:
    """Digits in groups of three."""
    return f"{number:,}".replace(",", " ")
