"""A solve in its own process, seen from the supervisor: frames out of it, never a wait that does not end."""

import os
import selectors
import subprocess
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import IO, Self

from service.settings import inherited_environment
from service.solving.frames import Frame, FrameReader, Task, pack_frame

CHILD = (sys.executable, "-m", "service.solving.child")

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""No solve multiplies matrices: without this, numpy takes address space for a thread per core of the machine."""

LAST_WORDS = 4000
"""Bytes of the process's stderr that are kept for the log."""

REAP_S = 1.0
MEMORY_WORDS = ("bad_alloc", "MemoryError", "Cannot allocate memory", "out of memory")


class Solving:
    """One solver process; must be started from the main thread (see ``lifeline``)."""

    def __init__(self, task: Task, memory_mb: int, command: Sequence[str] = CHILD) -> None:
        self._process = subprocess.Popen(  # noqa: S603  (our own program)
            [*command, str(os.getpid()), str(memory_mb)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=inherited_environment(ONE_THREAD),
            process_group=0,
        )
        self._unsent = memoryview(pack_frame(task))
        self._reader = FrameReader()
        self._last_words = b""
        self._selector = selectors.DefaultSelector()
        self._watch(self._process.stdin, selectors.EVENT_WRITE)
        self._watch(self._process.stdout, selectors.EVENT_READ)
        self._watch(self._process.stderr, selectors.EVENT_READ)
        self.ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        """Process number, for the log."""
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """How the process ended, once it has."""
        return self._process.returncode

    @property
    def last_words(self) -> str:
        """The end of what it wrote on stderr."""
        return self._last_words.decode(errors="replace")

    @property
    def lacked_memory(self) -> bool:
        """Whether its last words say that it met the memory limit."""
        return any(word in self.last_words for word in MEMORY_WORDS)

    def poll(self, timeout_s: float) -> list[Frame]:
        """What the process has said; ``ended`` is set when it will say no more."""
        frames: list[Frame] = []
        for key, _ in self._selector.select(timeout_s):
            if key.fileobj is self._process.stdin:
                self._send()
            elif key.fileobj is self._process.stderr:
                data = os.read(key.fd, 1 << 16)
                self._last_words = (self._last_words + data)[-LAST_WORDS:]
                if not data:
                    self._selector.unregister(key.fileobj)
            else:
                data = os.read(key.fd, 1 << 20)
                frames += self._reader.feed(data)
                if not data:
                    self.kill(REAP_S)
                    break
        return frames

    def ask_to_stop(self) -> None:
        """Close its input, which is the word to stop."""
        stdin = self._process.stdin
        if stdin is not None and not stdin.closed:
            if stdin in self._selector.get_map():
                self._selector.unregister(stdin)
            stdin.close()

    def kill(self, patience_s: float = 0.0) -> None:
        """End the process, after giving it some time to end by itself."""
        if self.ended:
            return
        self.ended = True
        self.ask_to_stop()
        try:
            self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stderr is not None and self._process.stderr in self._selector.get_map():
            self._last_words = (self._last_words + (self._process.stderr.read() or b""))[-LAST_WORDS:]
        self._selector.close()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()

    def _watch(self, stream: IO[bytes] | None, events: int) -> None:
        if stream is None:
            raise RuntimeError("the process has no pipes")
        os.set_blocking(stream.fileno(), False)
        self._selector.register(stream, events)

    def _send(self) -> None:
        """Hand over as much of the task as the pipe takes."""
        stdin = self._process.stdin
        if stdin is None:
            return
        try:
            self._unsent = self._unsent[os.write(stdin.fileno(), self._unsent) :]
        except BrokenPipeError:  # it has died; its output says so too
            self._unsent = self._unsent[:0]
        if not self._unsent:
            self._selector.unregister(stdin)
