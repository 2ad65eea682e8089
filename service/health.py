"""Whether the service can do its work: what ``/readyz`` asks."""

import shutil
from collections.abc import Callable
from pathlib import Path

from service.errors import Unavailable
from service.places.geocoder import Conditioned
from service.runtime import Runtime
from service.solving.beats import SILENT_S, seconds_since_beat
from service.store.schema import is_at_head
from service.store.tables import Json

Finding = tuple[bool, str]

DEGRADED = "travel"
"""The check of what serves in any case: it says when somebody else answers, and never makes the service unready."""


def readiness(rt: Runtime) -> list[Json]:
    """Every check, with whether it passed: ``{"check", "ok", "detail", "degraded"}``."""
    checks: dict[str, Callable[[Runtime], Finding]] = {
        "database": _check_database,
        "migrations": _check_migrations,
        "supervisor": _check_supervisor,
        "disk": _check_disk,
    }
    findings = []
    for name, check in checks.items():
        try:
            ok, detail = check(rt)
        except Unavailable as error:
            ok, detail = False, str(error)
        findings.append({"check": name, "ok": ok, "detail": detail, "degraded": False})
    state = rt.travel.state()
    word = state.detail if state.ok else f"degraded: {state.detail}"
    findings.append({"check": DEGRADED, "ok": True, "detail": word, "degraded": not state.ok})
    if isinstance(rt.places, Conditioned):
        places = rt.places.condition()
        word = places.detail if places.ok else f"degraded: {places.detail}"
        findings.append({"check": "addresses", "ok": True, "detail": word, "degraded": not places.ok})
    return findings


def _check_database(rt: Runtime) -> Finding:
    with rt.database.read() as session:
        session.connection().exec_driver_sql("SELECT 1")
    return True, "the database answers"


def _check_migrations(rt: Runtime) -> Finding:
    if is_at_head(rt.database):
        return True, "the schema is the newest"
    return False, "the schema is another version's: run python -m service migrate"


def _check_supervisor(rt: Runtime) -> Finding:
    silent = seconds_since_beat(rt)
    if silent is None:
        return False, "nobody has ever worked on runs: start python -m service worker"
    if silent > SILENT_S:
        return False, f"nobody works on runs: the last sign is {silent:.0f} s old"
    return True, f"somebody works on runs, last heard {silent:.0f} s ago"


def _check_disk(rt: Runtime) -> Finding:
    folder = Path(rt.database.url.database or "") if rt.database.is_sqlite else rt.settings.var
    while not folder.is_dir():
        folder = folder.parent
    free_mb = shutil.disk_usage(folder).free // 2**20
    return free_mb >= rt.settings.min_free_mb, f"{free_mb} MB free, {rt.settings.min_free_mb} MB wanted"
