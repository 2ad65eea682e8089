"""``python -m benchmarks``: the short table; with the name of a command, ``trsp``, ``week`` and so on, that alone."""

import sys
from importlib import import_module
from typing import Protocol, cast

COMMANDS = {
    "trsp": "benchmarks.commands.trsp",
    "week": "benchmarks.commands.week",
    "vrptw": "benchmarks.commands.vrptw",
    "hours": "benchmarks.commands.hours",
    "ways": "benchmarks.commands.ways",
    "addresses": "benchmarks.commands.addresses",
    "load": "benchmarks.load",
}
SHORT = "benchmarks.commands.short"


class Command(Protocol):
    """What each of the modules offers; they are loaded when asked for, since child processes load this module too."""

    def main(self, arguments: list[str]) -> int:
        """Run, and return the exit status."""


def main(arguments: list[str]) -> int:
    """Run what was asked for."""
    named = arguments[:1] and arguments[0] in COMMANDS
    module = COMMANDS[arguments[0]] if named else SHORT
    return cast("Command", import_module(module)).main(arguments[1:] if named else arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
