"""Addresses suggested to whoever is typing one; nothing of it is kept."""

from dataclasses import asdict

from service.answers import Answer
from service.places.geocoder import Suggestions, Suggests
from service.runtime import Runtime

NONE = Suggestions([], "none")


def suggest_addresses(rt: Runtime, text: str, limit: int, near: tuple[float, float] | None) -> Answer:
    """What a beginning may mean, by the index on this machine; nothing where there is none."""
    found = rt.places.suggest(text, limit, near) if isinstance(rt.places, Suggests) else NONE
    return Answer({"items": [asdict(one) for one in found.items], "source": found.source})
