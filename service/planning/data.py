"""The rows that a plan is made of, read once per use case."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.planning.goods import ever_there
from service.store.tables import (
    AbsenceRow,
    ClientRow,
    DepotRow,
    EventRow,
    FacesRow,
    Handling,
    ItemRow,
    JobRow,
    JobState,
    ReserveRow,
    SeparationRow,
    SiteRow,
    StockRow,
    Table,
    TechnicianRow,
)

OPEN_STATES = (JobState.RECEIVED, JobState.PLANNED, JobState.PROMISED)
"""A job in one of these may still be moved."""

WAITING_STATES = (*OPEN_STATES, JobState.ON_THE_WAY, JobState.IN_PROGRESS)
"""The goods of a job in one of these have not been left at the client's yet."""

BEGUN_STATES = (JobState.ON_THE_WAY, JobState.IN_PROGRESS, JobState.DONE)
"""A job in one of these is a fact of the route that holds it."""

TEAM_ENTITIES = ("technician", "absence", "depot", "item", "stock", "separation", "reserve", "faces")
"""What events call the things that ``load_team`` reads."""


LOOK_BACK_DAYS = 28
"""What was done longer ago says nothing of who is known to a client, and of whose turn it is."""


@dataclass(frozen=True)
class PlanningData:
    """On-site jobs that are open or begun, the team and its goods, and the rules that tie technicians together."""

    jobs: list[JobRow]
    technicians: list[TechnicianRow]
    absences: list[AbsenceRow]
    depots: Mapping[str, DepotRow]
    items: Mapping[str, ItemRow]
    stock: list[StockRow]
    separation: SeparationRow | None
    reserves: Sequence[ReserveRow] = ()
    faces: Sequence[FacesRow] = ()
    named: Mapping[str, JobRow] = field(default_factory=dict)
    """Jobs that others wait for and that are not among ``jobs``."""
    done: Sequence[JobRow] = ()
    """Jobs done of late of those that the rules of faces are about."""

    @classmethod
    def load(cls, session: Session, today: date) -> "PlanningData":
        """Read everything that planning looks at; what was begun before today stands in no route any more."""
        begun = JobRow.state.in_(BEGUN_STATES) & (JobRow.planned_day >= today)
        query = select(JobRow).where(JobRow.handling == Handling.ON_SITE, JobRow.state.in_(OPEN_STATES) | begun)
        jobs = list(session.scalars(query.order_by(JobRow.created)))
        team = cls.load_team(session)
        named = load_named(session, jobs, {job.id for job in jobs})
        return replace(team, jobs=jobs, named=named, done=_done(session, team.faces, today))

    @classmethod
    def load_team(cls, session: Session) -> "PlanningData":
        """Read the team, its goods and its rules, without any job."""
        team = select(TechnicianRow).where(TechnicianRow.removed.is_(False))
        return cls(
            jobs=[],
            technicians=list(session.scalars(team.order_by(TechnicianRow.created))),
            absences=list(session.scalars(select(AbsenceRow).order_by(AbsenceRow.created))),
            depots={row.id: row for row in session.scalars(select(DepotRow).order_by(DepotRow.created))},
            items={row.sku: row for row in session.scalars(select(ItemRow))},
            stock=list(session.scalars(select(StockRow))),
            separation=session.get(SeparationRow, 1),
            reserves=list(session.scalars(select(ReserveRow).order_by(ReserveRow.created))),
            faces=list(session.scalars(select(FacesRow).order_by(FacesRow.created))),
        )

    @classmethod
    def remembered_team(cls, session: Session, memo: dict[str, Any]) -> "PlanningData":
        """The team as it was read last, read again only when something of it has changed.

        Its rows belong to no session: one that is rolled back would empty those that it holds.
        """
        seq = session.scalar(select(func.max(EventRow.seq)).where(EventRow.entity.in_(TEAM_ENTITIES)))
        known = memo.get("team")
        if known is None or known[0] != seq:
            team = cls.load_team(session)
            for row in team.rows:
                session.expunge(row)
            known = memo["team"] = (seq, team)
        remembered: PlanningData = known[1]
        return remembered

    @property
    def rows(self) -> list[Table]:
        """Every row of the team, its goods and its rules."""
        rows: list[Table] = [*self.technicians, *self.absences, *self.depots.values(), *self.items.values()]
        rows += [*self.stock, *self.reserves, *self.faces]
        return [*rows, *([self.separation] if self.separation else [])]

    @cached_property
    def job_by_id(self) -> dict[str, JobRow]:
        """Jobs by id."""
        return {job.id: job for job in self.jobs}

    @cached_property
    def field_technicians(self) -> list[TechnicianRow]:
        """Those who may be sent out at all."""
        return [technician for technician in self.technicians if technician.field_work != "never"]

    @cached_property
    def ever_there(self) -> dict[str, dict[str, int]]:
        """Open depot -> sku -> how many lie there or are still to come."""
        return ever_there(self.stock, self.depots)

    @cached_property
    def tools(self) -> frozenset[str]:
        """Skus of goods that are used but not used up."""
        return frozenset(sku for sku, item in self.items.items() if item.kind == "tool")

    def is_away(self, technician: str, moment: datetime) -> bool:
        """Whether an absence holds the technician off the road at that moment."""
        return any(technician in row.technicians and row.from_at <= moment < row.to_at for row in self.absences)

    @property
    def team_key(self) -> tuple[tuple[str, int], ...]:
        """The same as long as nobody's shifts change, nothing of the goods, and no rule."""
        rows = [(one.id, one.revision) for one in self.technicians]
        rows += [(one.id, one.revision) for one in self.absences]
        rows += [(one.sku, one.revision) for one in self.items.values()]
        rows += [(f"{one.depot_id}/{one.sku}", one.revision) for one in self.stock]
        rows += [(one.name, one.revision) for one in self.reserves] + [(one.name, one.revision) for one in self.faces]
        rows += [("separation", self.separation.revision)] if self.separation else []
        return (*rows, *((one.id, one.revision) for one in self.depots.values()))


def load_named(session: Session, jobs: Sequence[JobRow], known: Collection[str]) -> dict[str, JobRow]:
    """The jobs that these wait for, those apart that are known."""
    named = {entry["job"] for job in jobs for entry in job.after} - set(known)
    if not named:
        return {}
    return {job.id: job for job in session.scalars(select(JobRow).where(JobRow.id.in_(named)))}


def _done(session: Session, faces: Sequence[FacesRow], today: date) -> list[JobRow]:
    """Who has been at a client of late, where that matters."""
    if not faces:
        return []
    clients = {row.rule["client"] for row in faces} - {None}
    ids = {job for row in faces for job in row.rule["jobs"]}
    query = (
        select(JobRow)
        .join(SiteRow, JobRow.site_id == SiteRow.id)
        .join(ClientRow, SiteRow.client_id == ClientRow.id)
        .where(JobRow.state == JobState.DONE, JobRow.planned_day >= today - timedelta(days=LOOK_BACK_DAYS))
        .where(ClientRow.ref.in_(clients) | JobRow.id.in_(ids))
    )
    return list(session.scalars(query))
