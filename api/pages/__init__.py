"""Pages for people: one blueprint per screen, inside one that guards, speaks two languages and answers errors."""

from api.pages import board, files, map_data, signin
from api.pages.shell import blueprint

for screen in (files.blueprint, signin.blueprint, board.blueprint, map_data.blueprint):
    blueprint.register_blueprint(screen)

__all__ = ["blueprint"]
