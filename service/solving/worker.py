"""The process that works on runs: the embedded supervisor and the worker of several machines are the same."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from service.locking import try_lock
from service.logs import configure_logs
from service.runtime import Runtime
from service.settings import Settings
from service.solving.preparation import prepare
from service.solving.supervisor import Supervisor
from service.store.schema import require_head

log = structlog.get_logger(__name__)

BETWEEN_TRIES_S = 0.2


def work(settings: Settings) -> None:
    """Work on runs until told to stop."""
    configure_logs(settings)
    with Runtime.opened(settings) as rt:
        require_head(rt.database)
        prepare()
        if not rt.database.is_sqlite:
            Supervisor(rt).run()
            return
        with alone(lock_path(rt)):
            Supervisor(rt, alone=True).run()


def lock_path(rt: Runtime) -> Path:
    """The file that makes a supervisor the only one of its SQLite database."""
    return Path(f"{rt.database.url.database}.supervisor")


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait until no other process holds the lock, and hold it; the kernel lets go of it when we die."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        said = False
        while not try_lock(descriptor):
            if not said:
                log.warning("another_supervisor_works", lock=path.name)
                said = True
            time.sleep(BETWEEN_TRIES_S)
        yield
    finally:
        os.close(descriptor)
