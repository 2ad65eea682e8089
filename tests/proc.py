"""The processes of a test, found by a mark in the environment that all of them inherit."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path

MARK = "TOURNEE_TEST_MARK"


@dataclass(frozen=True, slots=True)
class Process:
    """One living process."""

    pid: int
    parent: int
    command: str

    def kill(self) -> None:
        """kill -9, if it is still there."""
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


def marked(mark: str) -> list[Process]:
    """Every living process whose environment holds the mark."""
    wanted = f"{MARK}={mark}".encode()
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            if wanted not in (folder / "environ").read_bytes().split(b"\0"):
                continue
            state, parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[:2]
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if state not in "ZX":
            found.append(Process(int(folder.name), int(parent), command))
    return found


def pss_mb(pid: int) -> float:
    """Proportional set size: memory that several processes share counts once in their sum."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise ValueError(pid)
