"""Reserves: holders of a skill who should stay at hand for emergencies in each half-day."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.answers import Answer, Listing, Page
from service.depots import find_depot
from service.errors import Issue, NotFound, Refused
from service.named_rules import NamedRules
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import Json, ReserveRow, TechnicianRow

RESERVES = NamedRules(ReserveRow, "reserve", "/v1/reserves", "there is no such reserve")

DEFAULTS: Json = {
    "level": 1,
    "least": 1,
    "within_s": 1800,
    "depot": None,
    "price": 7200,
    "from": None,
    "split": "13:00",
}
"""``price``: seconds of paid time for each holder too few in a half-day; ``split``: where the day is parted."""


def list_reserves(rt: Runtime, actor: Actor, page: Page) -> Listing:  # noqa: ARG001  (roles: at the edge)
    """All reserves."""
    return RESERVES.list(rt, page)


def get_reserve(rt: Runtime, actor: Actor, name: str) -> Answer:  # noqa: ARG001
    """One reserve."""
    return RESERVES.get(rt, name)


def put_reserve(rt: Runtime, actor: Actor, name: str, doc: Json, if_match: int | None, dry_run: bool = False) -> Answer:
    """Set a reserve; the answer warns when there are too few who could keep it."""
    warnings: list[Json] = []

    def complete(session: Session) -> Json:
        rule = _complete(session, doc)
        warnings.extend(_warnings(session, rule))
        return rule

    answer = RESERVES.put(rt, actor, name, complete, if_match, dry_run)
    return replace(answer, body=answer.body | {"warnings": warnings})


def delete_reserve(rt: Runtime, actor: Actor, name: str, if_match: int | None, dry_run: bool = False) -> Answer:
    """Keep nobody back any more."""
    return RESERVES.delete(rt, actor, name, if_match, dry_run)


def _complete(session: Session, doc: Json) -> Json:
    """Every part of the rule, as it is stored."""
    given = {name: value for name, value in doc.items() if value is not None}
    values = {"skill": doc["skill"]} | DEFAULTS | given
    if values["depot"] is not None:
        try:
            find_depot(session, values["depot"])
        except NotFound as error:
            raise Refused(Issue("not_found", "/depot", "there is no such depot", "see GET /v1/depots")) from error
    if values["from"] is not None:
        values["from"] = values["from"].isoformat()
    return values


def _warnings(session: Session, rule: Json) -> list[Json]:
    """Whether the team could keep the rule if nobody went out at all."""
    team = session.scalars(select(TechnicianRow).where(TechnicianRow.removed.is_(False)))
    holders = sum(
        any(has["name"] == rule["skill"] and has["level"] >= rule["level"] for has in one.skills) for one in team
    )
    what = f"{rule['skill']} at level {rule['level']}"
    if holders == 0:
        return [_warning("skill_unknown", "/skill", f"Nobody has {what}.")]
    if holders < rule["least"]:
        return [_warning("too_few_people", "/least", f"Only {holders} of the team have {what}.")]
    return []


def _warning(code: str, pointer: str, detail: str) -> Json:
    return {"code": code, "pointer": pointer, "detail": detail}
