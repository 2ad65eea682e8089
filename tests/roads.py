"""A road graph that tests share: a build takes longer than most of them."""

import os
import shutil
from fcntl import LOCK_EX, flock
from pathlib import Path

from service.roads.graph import MANIFEST
from tests.service.roads.extracts import build, settings_of


def built_once(folder: Path, extract: Path) -> Path:
    """The folder of a graph; whoever comes first builds it, the others wait."""
    folder.mkdir(exist_ok=True)
    settings = settings_of(folder)
    with (folder / "lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not (settings.roads / MANIFEST).exists():
            build(settings, extract)
    return settings.roads


def linked(roads: Path, folder: Path) -> Path:
    """The same graph under another folder; its files are not written twice, so none is to be written to."""
    copied = folder / "roads"
    shutil.copytree(roads, copied, copy_function=os.link)
    return copied
