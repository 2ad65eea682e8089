"""The rows that a plan is made of, read once per use case."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.store.tables import (
    AbsenceRow,
    DepotRow,
    EventRow,
    Handling,
    ItemRow,
    JobRow,
    JobState,
    SeparationRow,
    StockRow,
    Table,
    TechnicianRow,
)

OPEN_STATES = (JobState.RECEIVED, JobState.PLANNED, JobState.PROMISED)
"""A job in one of these may still be moved."""

BEGUN_STATES = (JobState.ON_THE_WAY, JobState.IN_PROGRESS, JobState.DONE)
"""A job in one of these is a fact of the route that holds it."""

TEAM_ENTITIES = ("technician", "absence", "depot", "item", "stock", "separation")
"""What events call the things that ``load_team`` reads."""


@dataclass(frozen=True)
class PlanningData:
    """On-site jobs that are open or begun, the team and its goods."""

    jobs: list[JobRow]
    technicians: list[TechnicianRow]
    absences: list[AbsenceRow]
    depots: Mapping[str, DepotRow]
    items: Mapping[str, ItemRow]
    stock: list[StockRow]
    separation: SeparationRow | None

    @classmethod
    def load(cls, session: Session, today: date) -> "PlanningData":
        """Read everything that planning looks at; what was begun before today stands in no route any more."""
        begun = JobRow.state.in_(BEGUN_STATES) & (JobRow.planned_day >= today)
        jobs = select(JobRow).where(JobRow.handling == Handling.ON_SITE, JobRow.state.in_(OPEN_STATES) | begun)
        return replace(cls.load_team(session), jobs=list(session.scalars(jobs.order_by(JobRow.created))))

    @classmethod
    def load_team(cls, session: Session) -> "PlanningData":
        """Read the team and its goods, without any job."""
        team = select(TechnicianRow).where(TechnicianRow.removed.is_(False))
        return cls(
            jobs=[],
            technicians=list(session.scalars(team.order_by(TechnicianRow.created))),
            absences=list(session.scalars(select(AbsenceRow).order_by(AbsenceRow.created))),
            depots={row.id: row for row in session.scalars(select(DepotRow).order_by(DepotRow.created))},
            items={row.sku: row for row in session.scalars(select(ItemRow))},
            stock=list(session.scalars(select(StockRow))),
            separation=session.get(SeparationRow, 1),
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
        """Every row of the team and its goods."""
        rows: list[Table] = [*self.technicians, *self.absences, *self.depots.values(), *self.items.values()]
        return [*rows, *self.stock, *([self.separation] if self.separation else [])]

    @cached_property
    def job_by_id(self) -> dict[str, JobRow]:
        """Jobs by id."""
        return {job.id: job for job in self.jobs}

    @cached_property
    def field_technicians(self) -> list[TechnicianRow]:
        """Those who may be sent out at all."""
        return [technician for technician in self.technicians if technician.field_work != "never"]

    @cached_property
    def tools(self) -> frozenset[str]:
        """Skus of goods that are used but not used up."""
        return frozenset(sku for sku, item in self.items.items() if item.kind == "tool")

    def is_away(self, technician: str, moment: datetime) -> bool:
        """Whether an absence holds the technician off the road at that moment."""
        return any(technician in row.technicians and row.from_at <= moment < row.to_at for row in self.absences)

    @property
    def team_key(self) -> tuple[tuple[str, int], ...]:
        """The same as long as nobody's shifts change."""
        rows = [(one.id, one.revision) for one in self.technicians]
        rows += [(one.id, one.revision) for one in self.absences]
        return (*rows, *((one.id, one.revision) for one in self.depots.values()))

    @property
    def rules_not_obeyed(self) -> list[str]:
        """Rules over technicians that are set but that no plan keeps yet: every plan's check names them."""
        rules = []
        if self.separation is not None and any(technician.bubble for technician in self.technicians):
            rules.append("separation")
        if any(technician.field_work == "last_resort" for technician in self.technicians):
            rules.append("field_work")
        return rules
