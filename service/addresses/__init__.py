"""Addresses found on this machine: an index over the national address base, or over the streets of the road graph."""
