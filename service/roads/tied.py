"""``python -m service.roads.tied PARENT PROGRAM ARGUMENTS``: a program that dies with the build that started it."""

import os
import sys

from service.solving.lifeline import tie_to_parent

if __name__ == "__main__":
    tie_to_parent(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606  (a program of our own wheel, by its path)
