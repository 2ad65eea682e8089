"""The units of everything in ``routing``."""

from typing import NewType

Seconds = NewType("Seconds", int)
"""Whole seconds since the horizon's start, or a length in seconds."""

Metres = NewType("Metres", int)
"""Whole metres."""
