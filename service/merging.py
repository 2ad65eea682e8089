"""JSON merge patch (RFC 7396) on plain documents, and pointers (RFC 6901) into them."""

from collections.abc import Mapping
from typing import Any

from service.store.tables import Json


def merge_patch(target: Mapping[str, Any], patch: Mapping[str, Any]) -> Json:
    """The target with the patch's members: null takes a member away, objects merge, all else is replaced."""
    merged = dict(target)
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, Mapping):
            below = merged.get(name)
            merged[name] = merge_patch(below if isinstance(below, Mapping) else {}, value)
        else:
            merged[name] = value
    return merged


def pointer(*parts: str | int) -> str:
    """An RFC 6901 pointer, e.g. ``/carries/laptop``."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
