"""Why a visit stays out: the planner's reasons, and the people who could have gone were they not away."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from routing import Plan, Problem, Reason, ReasonCode, Unassigned, UnassignedClass, Visit, fit
from routing.fit.desk import Desk
from service.instants import day_of, instant
from service.planning.calls import goods_used
from service.planning.contradictions import contradictions_of
from service.planning.data import PlanningData
from service.planning.documents import shift_id
from service.planning.goods import amounts, holds, lacks_room
from service.planning.locations import Places
from service.planning.naming import Names
from service.planning.problems import build_problem, build_shifts
from service.planning.snapshot import Snapshot
from service.planning.terms import Terms
from service.planning.timing import timing_of
from service.planning.work import merge_spans, shift_on
from service.runtime import Runtime
from service.store.tables import JobRow, TechnicianRow

MOST_REASONS = 12

LEFT_AS_THEY_ARE = Reason(ReasonCode.FROZEN, "the run leaves the routes of all who could do it as they are")

GOODS = (ReasonCode.OVER_CAPACITY, ReasonCode.NO_STOCK)
NO_TIME = (ReasonCode.WINDOW_CLOSED, ReasonCode.TECHNICIAN_ABSENT)
CUT_SHORT = (ReasonCode.TOO_LONG, ReasonCode.TOO_FAR)


def explain(data: PlanningData, rt: Runtime, snapshot: Snapshot, plan: Plan) -> list[Unassigned]:
    """The plan's unassigned visits, with those who are away named before anything else.

    A job whose own rules contradict each other is impossible however few others there are.
    """
    out = [one.visit for one in plan.unassigned]
    team = AbsentTeam.of(data, rt, snapshot, out)
    against = contradictions_of(snapshot.problem, out)
    names = Names.of(data, snapshot.horizon)
    return [_explained(one, data, team, names, snapshot.beside, against.get(one.visit, ())) for one in plan.unassigned]


def name_goods(reasons: Sequence[Reason], job: JobRow, data: PlanningData, names: Names) -> list[Reason]:
    """The planner's reasons in words, with goods told apart as the contract does.

    ``over_capacity``: so much does not fit in the van; ``no_stock``: it can be had neither there nor on the way.
    """
    people = {one.id: one for one in data.technicians}
    return [_named(reason, job, people.get(reason.technician or ""), data, names) for reason in reasons]


def _named(reason: Reason, job: JobRow, technician: TechnicianRow | None, data: PlanningData, names: Names) -> Reason:
    detail = names.in_words(reason.detail)
    if reason.code not in GOODS:
        return replace(reason, detail=detail)
    tight = [
        need
        for need in job.items
        if technician is not None and lacks_room(technician, need) and not holds(technician, need)
    ]
    if tight:
        return replace(reason, code=ReasonCode.OVER_CAPACITY, detail=f"the van has no room for {amounts(tight)}")
    if reason.code is ReasonCode.NO_STOCK:
        detail += "".join(f"; {words}" for words in _coming(job, data, names))
    return replace(reason, detail=detail)


def _coming(job: JobRow, data: PlanningData, names: Names) -> Iterator[str]:
    """What of the job's goods is still to come, and when."""
    wanted = {need["sku"] for need in job.items}
    for row in data.stock:
        depot = data.depots.get(row.depot_id)
        if row.sku in wanted and depot is not None and not depot.removed:
            for arrival in row.arrivals:
                day = day_of(datetime.fromisoformat(arrival["at"]), names.horizon.zone)
                yield f"{arrival['quantity']} x {row.sku} come to {depot.name} on {day}"


def _explained(
    unassigned: Unassigned,
    data: PlanningData,
    team: "AbsentTeam",
    names: Names,
    beside: Collection[str],
    against: Sequence[Reason],
) -> Unassigned:
    job = data.job_by_id.get(unassigned.visit)
    if job is None:
        return unassigned
    away = list(team.reasons(unassigned.visit))
    asked = [reason for reason in unassigned.reasons if reason.technician not in beside]
    asked = asked or [LEFT_AS_THEY_ARE]
    known = {reason.code for reason in asked}
    told = name_goods([*(one for one in against if one.code not in known), *asked], job, data, names)
    others = [reason for reason in told if not _is_said(reason, away)]
    impossible = UnassignedClass.IMPOSSIBLE_ALONE if against else unassigned.classification
    return Unassigned(unassigned.visit, impossible, (*away, *others)[:MOST_REASONS])


def _is_said(reason: Reason, away: Sequence[Reason]) -> bool:
    """Whether an absence is what the planner means, who sees only the time that it leaves."""
    if reason.code in NO_TIME:
        return any(reason.technician in (None, one.technician) for one in away)
    return reason.code in CUT_SHORT and any(reason.shift == one.shift for one in away)


@dataclass(frozen=True)
class AbsentTeam:
    """The shifts that absences have cut short or taken away, as they would be without."""

    problem: Problem
    desk: Desk
    ends: Mapping[str, str]
    """until when the technician of each shift is away"""

    @classmethod
    def of(cls, data: PlanningData, rt: Runtime, snapshot: Snapshot, visits: Sequence[str]) -> "AbsentTeam":
        """Build the usual shifts of those who are away, with the visits that nobody does."""
        horizon, known = snapshot.horizon, snapshot.problem.technician_by_id
        technicians = [row for row in data.field_technicians if row.id in known and row.id not in snapshot.beside]
        ends = {
            shift_id(technician.id, day): end
            for technician in technicians
            for day in horizon.days
            if (end := _away_until(technician, day, data, rt)) is not None
        }
        places = Places.of(snapshot.problem.locations)
        present = replace(data, absences=[])
        shifts = build_shifts(present, technicians, horizon, places, {}, rt.now(), ends)
        wanted = [_alone(snapshot.problem.visit_by_id[visit]) for visit in visits] if shifts else []
        used = goods_used(snapshot.copied, data)
        depots = [one for one in snapshot.problem.depots if one.offers]
        terms, timing = Terms.of(rt), timing_of(rt.travel.slots, horizon, shifts)
        problem = build_problem(present, technicians, shifts, wanted, places, terms, used, depots, timing=timing)
        return cls(problem, Desk(snapshot.problem), ends)

    def reasons(self, visit: str) -> Iterator[Reason]:
        """Those who could do the visit were they not away, each once."""
        if not self.problem.shifts:
            return
        order = [shift.id for shift in self.problem.shifts]
        usual = {place.shift for place in fit(self.problem, {}, visit, len(order)).places}
        missed = [shift for shift in order if shift in usual and not self._possible(visit, shift)]
        for technician, shifts in groupby(missed, key=lambda shift: self.problem.shift_by_id[shift].technician):
            first, *more = shifts
            also = f" (and on {len(more)} more days)" if more else ""
            part = "could be one of them" if self.desk.problem.visit_by_id[visit].people > 1 else "could do it"
            detail = f"{part} but is away until {self.ends[first]}{also}"
            yield Reason(ReasonCode.TECHNICIAN_ABSENT, detail, technician, first)

    def _possible(self, visit: str, shift: str) -> bool:
        """Whether the shift that is left could take the visit if it were empty."""
        return shift in self.desk.problem.shift_by_id and self.desk.is_possible_alone(visit, shift)


def _alone(visit: Visit) -> Visit:
    """What one of those who are away would have to be able to do of it, whatever else is planned."""
    return visit if visit.people == 1 and not visit.after else replace(visit, people=1, after=(), skills=())


def _away_until(technician: TechnicianRow, day: date, data: PlanningData, rt: Runtime) -> str | None:
    """When the technician is back whom an absence keeps from part of that day's shift."""
    mine = [row for row in data.absences if technician.id in row.technicians]
    usual = shift_on(technician, day, [], rt.zone) if mine else None
    if usual is None or shift_on(technician, day, mine, rt.zone) == usual:
        return None
    last = usual.end + timedelta(seconds=usual.overtime_s)
    spans = merge_spans((row.from_at, row.to_at) for row in mine)
    return instant(max(back for gone, back in spans if gone < last and back > usual.start), rt.zone)
