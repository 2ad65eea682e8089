"""How far a place may lie from the roads that serve it."""

FURTHEST_M = 1000.0
"""So far from any road an engine knows nothing of the way."""

MOVED_M = 200.0
"""So much further than the nearest road the main network may be: one leaves the car there and walks. Beyond, the place
is on an island."""
