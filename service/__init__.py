"""Use cases and state. Knows routing; knows no web."""
