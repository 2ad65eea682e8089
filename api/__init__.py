"""The edge: HTTP in, use cases of ``service`` called, HTTP out."""

VERSION = "0.1.0"
"""The same as in pyproject.toml (a policy test compares)."""
