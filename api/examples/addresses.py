"""Examples of suggested addresses."""

from typing import Any

ADDRESSES: dict[str, Any] = {
    "items": [
        {
            "label": "4bis Rue Leperdit 35000 Rennes",
            "precision": "house",
            "lat": 48.113304,
            "lon": -1.680849,
            "postcode": "35000",
            "commune": "Rennes",
            "score": 0.7,
        }
    ],
    "source": "addresses",
}
