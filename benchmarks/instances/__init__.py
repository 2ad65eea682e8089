"""Published instances and weeks of our own as ``routing.Problem``."""

UNSERVED = 10**7
PRIORITY = 100
"""Together they make leaving a visit out dearer than any route can be: 10 100 000 seconds."""

DEGREES = 1e-3
"""Coordinates of the published sets are shrunk to be degrees; nothing is worked out from them."""
