"""What a change does beside itself: its event, what it makes untrue in the published plan, the run it asks for."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from service.answers import Answer, Once
from service.planning.assessment import outdated
from service.runs import request_automatic_run
from service.runtime import Runtime
from service.store.events import Actor, record, revision
from service.store.tables import JobRow, Json, Role


@dataclass(frozen=True, slots=True)
class Change:
    """One change within the caller's transaction: ``begin`` before anything is touched, ``finish`` at the end.

    With ``dry_run`` everything is done and then undone, so that the answer says what would happen.
    """

    session: Session
    rt: Runtime
    actor: Actor
    dry_run: bool
    untrue_before: list[Json]

    @classmethod
    def begin(cls, session: Session, rt: Runtime, actor: Actor, dry_run: bool = False) -> "Change":
        """Look at the published plan as it stands before the change."""
        return cls(session, rt, actor, dry_run, _untrue_now(session, rt))

    def record(self, kind: str, entity: str, entity_id: str, before: Json | None, after: Json | None) -> int:
        """Write the change's event with what differs; its number is the revision of every row that it touched."""
        before, after = differences(before, after)
        return record(self.session, self.rt.now(), self.actor, kind, entity, entity_id, before=before, after=after)

    def finish(self, answer: Answer, *, once: Once | None = None, replan: bool = True) -> Answer:
        """Add ``outdated`` to the answer, ask for a run, keep the answer; a dry run undoes the transaction instead."""
        self.session.flush()
        untrue_now = outdated(self.session, self.rt)
        untrue = [entry for entry in untrue_now if entry not in self.untrue_before]
        if self.actor.role is Role.PORTAL:
            untrue = self._of_own_jobs(untrue)
        answer = replace(answer, body=answer.body | {"outdated": untrue})
        if self.dry_run:
            self.session.rollback()
            return _unstored(answer)
        if replan:
            request_automatic_run(self.session, self.rt, self.actor)
        if once is not None:
            once.keep(self.session, self.actor, self.rt.real_now(), answer)
        _remember_when_kept(self.session, self.rt, untrue_now)
        return answer

    def _of_own_jobs(self, entries: list[Json]) -> list[Json]:
        """What a portal may know: that plans with its own jobs are untrue, and of nobody else."""
        named = {job for entry in entries for job in entry["jobs"]}
        query = select(JobRow.id).where(JobRow.posted_by == self.actor.name, JobRow.id.in_(named))
        own = set(self.session.scalars(query))
        detail = "The published plan does not hold for this any more."
        told = [
            {"code": entry["code"], "detail": detail, "jobs": [job for job in entry["jobs"] if job in own]}
            for entry in entries
        ]
        return [entry for entry in told if entry["jobs"]]


def _untrue_now(session: Session, rt: Runtime) -> list[Json]:
    """What is untrue before anything is touched; mostly the change before has looked already, and nothing came since.

    To judge the plan takes longer than all the rest of a change.
    """
    state = _state(session, rt)
    known = rt.memo.get("untrue")
    if known is None or known[0] != state:
        known = rt.memo["untrue"] = (state, outdated(session, rt))
    entries: list[Json] = known[1]
    return entries


def _remember_when_kept(session: Session, rt: Runtime, entries: list[Json]) -> None:
    """Once the transaction is kept: the number of one that is undone is given to another change."""
    state = _state(session, rt)
    event.listen(session, "after_commit", lambda _: rt.memo.update(untrue=(state, entries)), once=True)


def _state(session: Session, rt: Runtime) -> tuple[int, date]:
    """The same as long as the plan and all that it is judged by are the same."""
    return revision(session), rt.today()


def differences(before: Json | None, after: Json | None) -> tuple[Json | None, Json | None]:
    """The members that are not the same in both, where there are both; the revision is no part of a change."""
    before, after = _plain(before), _plain(after)
    if before is None or after is None:
        return before, after
    names = [name for name in before | after if before.get(name) != after.get(name)]
    return (
        {name: before[name] for name in names if name in before},
        {name: after[name] for name in names if name in after},
    )


def _plain(value: Json | None) -> Json | None:
    return None if value is None else {name: part for name, part in value.items() if name != "revision"}


def _unstored(answer: Answer) -> Answer:
    """Nothing was stored, so there is no revision, and a new thing has neither id nor address."""
    absent = {"revision", "id"} if answer.location else {"revision"}
    return Answer({name: part for name, part in answer.body.items() if name not in absent})
