"""The totals are those of the routes: overtime, sums and cost, added up again from the times in the plan."""

from collections.abc import Iterator
from math import isclose

from routing.plan import Plan, StopKind
from routing.problem import Problem
from routing.rules import charges
from routing.rules.reading import Reading, Violation, read

RULE = "summary"


def find_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield overtimes and totals that are not true."""
    readings = read(problem, plan)
    for reading in readings:
        if reading.route.overtime_s != _overtime(reading):
            detail = f"overtime is {_overtime(reading)} s, the plan says {reading.route.overtime_s} s"
            yield Violation(RULE, reading.shift.id, None, detail)
    for name, total in _totals(problem, plan, readings).items():
        told = getattr(plan.summary, name)
        if told != total:
            yield Violation(RULE, None, None, f"{name} is {total}, the plan says {told}")
    evenness = charges.evenness(problem, readings)
    if not isclose(plan.summary.fairness, evenness, abs_tol=1e-9):
        yield Violation(RULE, None, None, f"fairness is {evenness}, the plan says {plan.summary.fairness}")


def _totals(problem: Problem, plan: Plan, readings: tuple[Reading, ...]) -> dict[str, int]:
    weights = problem.weights
    left_out = [problem.visit_by_id[entry.visit] for entry in plan.unassigned if entry.visit in problem.visit_by_id]
    spans = sum(reading.route.stops[-1].arrival - reading.route.stops[0].end for reading in readings)
    breaks = sum(_length(reading, StopKind.BREAK) for reading in readings)
    service = sum(_length(reading, StopKind.JOB) for reading in readings)
    others = sum(_length(reading, StopKind.DEPOT) for reading in readings)
    others += sum(stop.setup_s for reading in readings for stop in reading.route.stops)
    legs = [leg for reading in readings for _, _, _, leg in reading.legs() if leg is not None]
    travel = sum(seconds for seconds, _ in legs)
    overtime = sum(_overtime(reading) for reading in readings)
    lateness = sum(_lateness(reading) for reading in readings)
    hundredths = (
        weights.paid_s * (spans - breaks)
        + weights.overtime_s * overtime
        + weights.travel_s * travel
        + weights.lateness_s * lateness
        + weights.urgency_s * sum(_urgency(reading) for reading in readings)
        + weights.moved * sum(_moved(reading) for reading in readings)
        + weights.not_preferred * sum(_not_preferred(reading) for reading in readings)
        + weights.unserved * sum(1 + visit.priority for visit in left_out)
        + charges.last_resort(problem, readings)
        + charges.meetings(problem, readings)
        + charges.reserves(problem, readings)
        + charges.balance(problem, readings)
    )
    return {
        "cost": (hundredths + 50) // 100,
        "assigned": len({visit for route in plan.routes for visit in route.visits} & problem.visit_by_id.keys()),
        "unassigned": len(plan.unassigned),
        "travel_s": travel,
        "travel_m": sum(metres for _, metres in legs),
        "service_s": service,
        "wait_s": spans - breaks - service - travel - others,
        "overtime_s": overtime,
        "lateness_s": lateness,
    }


def _length(reading: Reading, kind: StopKind) -> int:
    return sum(stop.end - stop.start for stop in reading.route.stops if stop.kind is kind)


def _overtime(reading: Reading) -> int:
    return max(0, reading.route.stops[-1].arrival - reading.shift.end)


def _lateness(reading: Reading) -> int:
    total = 0
    for stop in reading.route.stops:
        visit = reading.problem.visit_by_id.get(stop.visit or "")
        if visit is not None and visit.deadline is not None:
            total += max(0, stop.end - visit.deadline)
    return total


def _urgency(reading: Reading) -> int:
    known = reading.problem.visit_by_id
    return sum(
        max(0, stop.start - known[stop.visit].windows[0].earliest)
        for stop in reading.route.stops
        if stop.visit in known and known[stop.visit].urgent
    )


def _moved(reading: Reading) -> int:
    known = reading.problem.visit_by_id
    before = [known[stop.visit].planned for stop in reading.route.stops if stop.visit in known]
    return sum(shift is not None and shift != reading.shift.id for shift in before)


def _not_preferred(reading: Reading) -> int:
    known = reading.problem.visit_by_id
    visits = [known[stop.visit] for stop in reading.route.stops if stop.visit in known]
    return sum(bool(visit.preferred) and reading.technician.id not in visit.preferred for visit in visits)
