"""Ties a process to the one that started it: when the parent dies, by whatever signal, so does the child."""

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1


def tie_to_parent(parent: int) -> None:
    """Die with ``parent``; exits at once when it is dead already.

    The tie belongs to the parent's starting THREAD: start children from a main thread that lives on. It
    survives exec, not fork.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) was refused")
    if os.getppid() != parent:  # it died before the tie was made
        os._exit(1)
