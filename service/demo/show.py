"""``python -m service demo``: serve the crisis night while another process tells it; this one stays small."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from service.demo.http import answers
from service.settings import Settings, inherited_environment

DEMO_ENVIRONMENT = {"TOURNEE_DATABASE_URL": "sqlite:///var/demo.sqlite3", "TOURNEE_NOW": "2020-03-13T06:30+01:00"}
"""What the demo sets where the environment says nothing: a database of its own, and the night's clock."""

READY_WITHIN_S = 60
POLL_S = 0.1


class DemoFailed(RuntimeError):
    """The demo could not be shown; the text says why."""


def show_demo(settings: Settings, once: bool, say: Callable[[str], None]) -> None:
    """Serve, let the story be told and printed, and go on serving unless ``once``."""
    url = local_url(settings)
    if answers(url):
        raise DemoFailed(f"something is being served at {url} already; stop it, or set TOURNEE_PORT")
    log = settings.var / "demo.log"
    with _served(url, log) as server:
        command = [sys.executable, "-m", "service", "tell"]
        if subprocess.call(command, env=inherited_environment({})) != 0:  # noqa: S603  (our own program)
            raise DemoFailed(f"the story could not be told to its end; see {log}")
        say(f"\nServed at {url}: /board/2020-03-16 (the routes on a map; sign in with the dispatcher's key),")
        say(f"/docs (the API), /v1/plans/current (the plan). Log: {log}")
        if not once:
            say("Stop with Ctrl-C.")
            server.wait()


def local_url(settings: Settings) -> str:
    """Where the demo reaches its own server, whatever address clients see."""
    return f"http://127.0.0.1:{settings.port}"


@contextmanager
def _served(url: str, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """``python -m api serve`` as long as the block runs; what it logs goes to a file."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        command = [sys.executable, "-m", "api", "serve"]
        server = subprocess.Popen(command, env=inherited_environment({}), stdout=output, stderr=output)  # noqa: S603
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends the demo ends the server too
    try:
        deadline = monotonic() + READY_WITHIN_S
        while not answers(url):
            if server.poll() is not None or monotonic() > deadline:
                raise DemoFailed(f"the server did not come up at {url}; see {log}")
            sleep(POLL_S)
        yield server
    except KeyboardInterrupt:
        pass
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()
