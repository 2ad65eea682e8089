"""The process tree of ``python -m api serve``: a small parent that migrates, then keeps two parts running.

It imports neither the web nor the database, so that it costs little and has little that can break. The parts
are tied to it (``service.solving.lifeline``): when it is killed, they are gone before a new one is up.
"""

import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from service.solving.lifeline import tie_to_parent

SHORT_LIFE_S = 10.0
"""A part that lived longer was up; its next death is answered at once."""

FIRST_DELAY_S = 0.1
LONGEST_DELAY_S = 5.0

GRACE_S = 35.0
"""Requests get 30 s to finish (``api.gunicorn``); after this the parts are killed."""

TWICE_AT_ONCE_S = 1.0


def python(*arguments: str) -> list[str]:
    """A command of this same interpreter."""
    return [sys.executable, "-m", *arguments]


@dataclass
class Part:
    """One part of the tree that is started again whenever it dies."""

    name: str
    command: Sequence[str]
    pid: int | None = None
    start_at: float = 0.0
    started: float = 0.0
    was_up: bool = False
    delay: float = FIRST_DELAY_S

    def start(self) -> None:
        """Start it in a process group of its own: a terminal's Ctrl-C reaches the parent only."""
        self.started = time.monotonic()
        self.pid = spawn(self.command)

    def bury(self) -> None:
        """Work out when to start it again."""
        self.pid = None
        now = time.monotonic()
        if now - self.started > SHORT_LIFE_S:
            self.was_up = True
            self.delay = FIRST_DELAY_S
        else:
            self.delay = min(self.delay * 2, LONGEST_DELAY_S)
        self.start_at = now + self.delay


@dataclass
class Tree:
    """The parts, and whether they are to end.

    Signals stay blocked and are waited for, so that none comes between two lines.
    """

    parts: Sequence[Part]
    grace_s: float = GRACE_S
    stopped_at: float = 0.0
    kill_at: float | None = None
    exit_code: int = 0

    def run(self) -> int:
        """Keep the parts running until a signal says stop; answers the exit code."""
        signals = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT}
        signal.pthread_sigmask(signal.SIG_BLOCK, signals)
        while True:
            self._start_due()
            if self.kill_at is not None and not self._running:
                return self.exit_code
            came = signal.sigtimedwait(signals, self._patience())
            if came is not None and came.si_signo != signal.SIGCHLD:
                self._hear(came.si_signo)
            self._reap()
            if self.kill_at is not None and time.monotonic() >= self.kill_at:
                self._signal_all(signal.SIGKILL)

    def _hear(self, number: int) -> None:
        """A signal ends the tree; Ctrl-C once more is somebody who does not want to wait.

        One Ctrl-C may come twice at once: from the terminal, and from the command that started us.
        """
        if self.kill_at is None:
            self._stop(self.grace_s)
        elif number == signal.SIGINT and time.monotonic() - self.stopped_at > TWICE_AT_ONCE_S:
            self._stop(0.0)

    @property
    def _running(self) -> list[Part]:
        return [part for part in self.parts if part.pid is not None]

    def _start_due(self) -> None:
        for part in self.parts:
            if self.kill_at is None and part.pid is None and time.monotonic() >= part.start_at:
                part.start()

    def _patience(self) -> float:
        moments = [part.start_at for part in self.parts if part.pid is None and self.kill_at is None]
        if self.kill_at is not None:
            moments.append(max(self.kill_at, time.monotonic() + 0.1))
        return max(0.0, min(moments, default=time.monotonic() + 3600.0) - time.monotonic())

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            for part in self._running:  # or it is somebody's orphan, which init has to reap
                if part.pid == pid:
                    self._bury(part, os.waitstatus_to_exitcode(status))

    def _bury(self, part: Part, code: int) -> None:
        part.bury()
        if self.kill_at is not None:
            return
        _say(f"{part.name} ended with {code}")
        if code > 0 and not part.was_up:  # it says itself why it cannot start; trying again would hide that
            self.exit_code = code
            self._stop(self.grace_s)

    def _stop(self, grace_s: float) -> None:
        """Let every part end in its own time, but not for ever."""
        self.stopped_at = time.monotonic()
        self.kill_at = self.stopped_at + grace_s
        self._signal_all(signal.SIGTERM)

    def _signal_all(self, number: int) -> None:
        for part in self._running:
            if part.pid is not None:  # not reaped yet, so the number is still its own
                os.kill(part.pid, number)


def serve() -> int:
    """Migrate, then serve and plan until told to stop."""
    _, status = os.waitpid(spawn(python("service", "migrate")), 0)
    if status != 0:
        return max(1, os.waitstatus_to_exitcode(status))
    web = Part("web", python("api", "web"))
    supervisor = Part("supervisor", python("service", "supervise"))
    return Tree([web, supervisor]).run()


def spawn(command: Sequence[str]) -> int:
    """Start a process that dies with this one; answers its number."""
    parent = os.getpid()
    pid = os.fork()  # not posix_spawn: the tie has to be made between fork and exec
    if pid == 0:
        try:
            tie_to_parent(parent)
            os.setpgid(0, 0)
            signal.pthread_sigmask(signal.SIG_SETMASK, ())
            os.execv(command[0], list(command))  # noqa: S606  (no shell, our own program)
        finally:
            os._exit(127)
    return pid


def _say(text: str) -> None:
    sys.stderr.write(f"serve: {text}\n")
    sys.stderr.flush()
