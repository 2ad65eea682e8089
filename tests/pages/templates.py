"""The templates' own environment."""

from jinja2 import Environment

from api.openapi import bare_app


def environment() -> Environment:
    """With our extensions and filters."""
    return bare_app().jinja_env
