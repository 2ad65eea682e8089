"""The rows that a plan is made of, read once per use case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from service.planning.goods import Demand, Pickups, find_pickups
from service.store.tables import (
    AbsenceRow,
    DepotRow,
    EventRow,
    Handling,
    ItemRow,
    JobRow,
    JobState,
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
    demands: Sequence[Demand] = ()
    """Jobs that wait for goods, as they came; read only where something lies at a depot."""

    @classmethod
    def load(cls, session: Session, today: date) -> "PlanningData":
        """Read everything that planning looks at; what was begun before today stands in no route any more."""
        begun = JobRow.state.in_(BEGUN_STATES) & (JobRow.planned_day >= today)
        jobs = select(JobRow).where(JobRow.handling == Handling.ON_SITE, JobRow.state.in_(OPEN_STATES) | begun)
        return replace(cls.load_goods(session), jobs=list(session.scalars(jobs.order_by(JobRow.created))))

    @classmethod
    def load_goods(cls, session: Session) -> "PlanningData":
        """Read the team, its goods and who waits for them, without any job."""
        return cls.load_team(session).with_demands(session)

    @classmethod
    def load_team(cls, session: Session) -> "PlanningData":
        """Read the team and its goods."""
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

    def with_demands(self, session: Session) -> "PlanningData":
        """The same with the jobs that wait for goods as they are now, where they matter."""
        return replace(self, demands=_demands(session)) if self.stock else self

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
    def pickups(self) -> Pickups:
        """What may be picked up at which depot."""
        return find_pickups(self.demands, self.field_technicians, self.depots, self.stock, self.items)

    @cached_property
    def tools(self) -> frozenset[str]:
        """Skus of goods that are used but not used up."""
        return frozenset(sku for sku, item in self.items.items() if item.kind == "tool")

    def is_away(self, technician: str, moment: datetime) -> bool:
        """Whether an absence holds the technician off the road at that moment."""
        return any(technician in row.technicians and row.from_at <= moment < row.to_at for row in self.absences)

    @property
    def team_key(self) -> tuple[tuple[str, int], ...]:
        """The same as long as nobody's shifts change, and nothing of the goods."""
        rows = [(one.id, one.revision) for one in self.technicians]
        rows += [(one.id, one.revision) for one in self.absences]
        rows += [(one.sku, one.revision) for one in self.items.values()]
        rows += [(f"{one.depot_id}/{one.sku}", one.revision) for one in self.stock]
        return (*rows, *((one.id, one.revision) for one in self.depots.values()))

    @property
    def rules_not_obeyed(self) -> list[str]:
        """Rules over technicians that are set but that no plan keeps yet: every plan's check names them."""
        rules = []
        if self.separation is not None and any(technician.bubble for technician in self.technicians):
            rules.append("separation")
        if any(technician.field_work == "last_resort" for technician in self.technicians):
            rules.append("field_work")
        if self.pickups.crowds:
            rules.append("carries")
        return rules


def _demands(session: Session) -> list[Demand]:
    """Those that are held back, lie nowhere or ask for a rule that is not planned yet ask nobody for goods."""
    needy = cast(JobRow.items, String) != "[]"
    query = (
        select(JobRow.id, JobRow.items, JobRow.planned_day, JobRow.after)
        .join(SiteRow, JobRow.site_id == SiteRow.id)
        .where(JobRow.handling == Handling.ON_SITE, JobRow.state.in_(WAITING_STATES), needy)
        .where(JobRow.hold.is_(None), JobRow.people == 1, SiteRow.lat.is_not(None))
        .order_by(JobRow.created)
    )
    return [Demand(job, items, day is not None) for job, items, day, after in session.execute(query) if not after]
