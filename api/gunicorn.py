"""The web server's settings as data, and its log without query strings, addresses or tokens."""

import logging
import os
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from service.logs import configure_logs
from service.settings import Settings
from service.solving.lifeline import tie_to_parent

if TYPE_CHECKING:
    from flask import Flask

GRACEFUL_S = 30
"""Requests that are open when the server is told to end may take this long."""

SECRET_PATHS = ("/track/",)
"""What follows these is a key to somebody's data."""


def options(settings: Settings) -> dict[str, Any]:
    """Everything that is not gunicorn's default."""
    return {
        "bind": f"{settings.host}:{settings.port}",
        "proc_name": "tournee-web",
        "worker_class": "gthread",
        "workers": 1,  # caches and rate limits live in the process
        "threads": settings.web_threads,
        "preload_app": False,
        "timeout": 60,
        "graceful_timeout": GRACEFUL_S,
        "keepalive": 5,
        "control_socket_disable": True,
        "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else None,  # noqa: S108  (a slow disk must not look like a dead worker)
        "accesslog": "-",
        "logger_class": Log,
        "post_fork": tie_worker,
    }


def tie_worker(server: Any, worker: Any) -> None:  # noqa: ARG001
    """The worker dies with the master, whatever kills it."""
    tie_to_parent(server.pid)


class Log(Logger):  # type: ignore[misc]
    """gunicorn's words and one line per request, through the service's own log."""

    def setup(self, cfg: Any) -> None:  # noqa: ARG002
        """Hand everything to the root logger."""
        self.error_log.propagate = True
        self.error_log.setLevel(logging.INFO)
        self._requests = structlog.get_logger("api.access")

    @property
    def access_log_enabled(self) -> bool:
        """Every request is logged."""
        return True

    def access(self, resp: Any, req: Any, environ: Mapping[str, Any], request_time: timedelta) -> None:  # noqa: ARG002
        """Method, path, status, milliseconds; the answer's request id leads to the rest."""
        headers = {name.lower(): value for name, value in resp.headers}
        self._requests.info(
            "request",
            method=environ["REQUEST_METHOD"],
            path=hide_secrets(environ["PATH_INFO"]),
            status=int(str(resp.status).split(maxsplit=1)[0]),
            ms=round(request_time.total_seconds() * 1000, 1),
            request_id=headers.get("x-request-id"),
        )


def hide_secrets(path: str) -> str:
    """The path without what gives access to somebody's data."""
    for prefix in SECRET_PATHS:
        if path.startswith(prefix):
            return f"{prefix}..."
    return path


class Web(BaseApplication):  # type: ignore[misc]
    """The application inside gunicorn; the worker builds it, the master stays small."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Take our options."""
        for name, value in options(self._settings).items():
            self.cfg.set(name, value)

    def load(self) -> "Flask":
        """Build the application in the worker."""
        from api.app import create_app  # noqa: PLC0415
        from service.runtime import Runtime  # noqa: PLC0415

        return create_app(Runtime.build(self._settings))


def serve_web() -> None:
    """Serve until told to stop."""
    settings = Settings.from_env()
    configure_logs(settings)
    Web(settings).run()
