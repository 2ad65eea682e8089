"""OSRM's own programs, which prepare a data set: extract, partition, customise."""

import os
import subprocess
import sys
from errno import ENOSPC
from pathlib import Path
from time import monotonic

import osrm

from service.narration import Say
from service.roads.refusals import RoadsRefused

HOME = Path(osrm.__file__).parent

LUA = {"car": "car.lua", "bike": "bicycle.lua", "foot": "foot.lua"}
"""profile -> OSRM's description of it"""

READABLE = 0o644

LAST_WORDS = 600


def prepare(profile: str, extract: Path, folder: Path, say: Say) -> Path:
    """Make the data set of a profile from a cut extract, in a new folder."""
    folder.mkdir(parents=True)
    data = folder / "roads.osrm"
    began = monotonic()
    lua = HOME / "share" / "profiles" / LUA[profile]
    run("extract", "--profile", str(lua), "--output", str(folder / "roads"), str(extract))
    run("partition", str(data))
    run("customize", str(data))
    for file in folder.iterdir():  # one of them comes out for its owner only, who need not be who serves
        file.chmod(READABLE)
    say(f"  {profile}: {monotonic() - began:.1f} s, {folder_bytes(folder) >> 20} MB")
    return data


def run(program: str, *arguments: str) -> None:
    """Run one of them; its last words are told when it fails."""
    path = HOME / "bin" / f"osrm-{program}"
    command = [sys.executable, "-m", "service.roads.tied", str(os.getpid()), str(path), "--verbosity", "WARNING"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, errors="replace", check=False)  # noqa: S603
    if done.returncode == 0:
        return
    words = done.stderr + done.stdout
    if os.strerror(ENOSPC) in words:
        raise OSError(ENOSPC, os.strerror(ENOSPC))
    if done.returncode < 0:
        words = f"ended by signal {-done.returncode}; when nobody sent it, memory ran out: cut to a smaller box"
    errors = [line for line in words.splitlines() if "[error]" in line] or words.splitlines()
    raise RoadsRefused(f"osrm-{program} failed: {' '.join(errors)[-LAST_WORDS:] or f'status {done.returncode}'}")


def folder_bytes(folder: Path) -> int:
    """What a folder takes on disk; a file under several names counts once."""
    files = {}
    for path in folder.rglob("*"):
        if path.is_file():
            known = path.stat()
            files[known.st_dev, known.st_ino] = known.st_size
    return sum(files.values())
