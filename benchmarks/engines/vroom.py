"""VROOM through pyvroom: a vehicle per shift, skills, priorities, several windows per job, lunch as its own break.

It serves as much priority as it can and then travels as little as it can; it does not look at waiting. Its highest
exploration level is asked for, and the time limit cuts it off; often it ends before.
"""

from datetime import timedelta
from importlib import import_module
from time import monotonic
from typing import Any

from benchmarks.engines.task import Answer, Orders, Point, Task
from routing import Problem, Shift, Visit

EXPLORATION = 5
PROFILE = "car"
MOST_PRIORITY = 100


def run(task: Task) -> Answer:
    """Solve; there is one point, at the end."""
    library: Any = import_module("vroom")
    model = _encode(library, task.problem)
    limit = None if task.seconds is None else timedelta(seconds=task.seconds)
    began = monotonic()
    solution = model.solve(EXPLORATION, task.threads, limit)
    seconds = monotonic() - began
    return Answer((Point(seconds, _read(task.problem, solution)),), seconds)


def _encode(library: Any, problem: Problem) -> Any:
    if {who.profile for who in problem.technicians} > {PROFILE} or any(visit.items for visit in problem.visits):
        raise ValueError("profiles and goods are not said to VROOM here")
    names = sorted({need.name for visit in problem.visits for need in visit.skills})
    numbers = {name: number for number, name in enumerate(names)}
    model = library.Input()
    model.set_durations_matrix(PROFILE, problem.matrices[PROFILE].seconds)
    model.add_vehicle([_vehicle(library, problem, number, numbers) for number in range(len(problem.shifts))])
    model.add_job([_job(library, number, visit, numbers) for number, visit in enumerate(problem.visits)])
    return model


def _vehicle(library: Any, problem: Problem, number: int, skills: dict[str, int]) -> Any:
    shift: Shift = problem.shifts[number]
    technician = problem.technician_by_id[shift.technician]
    return library.Vehicle(
        number,
        start=shift.start_location,
        end=shift.end_location,
        skills={skills[skill.name] for skill in technician.skills if skill.name in skills},
        time_window=library.TimeWindow(shift.start, shift.end),
        breaks=[
            library.Break(place, [library.TimeWindow(pause.earliest, pause.latest)], pause.length_s)
            for place, pause in enumerate(shift.breaks)
        ],
    )


def _job(library: Any, number: int, visit: Visit, skills: dict[str, int]) -> Any:
    return library.Job(
        number,
        visit.location,
        default_service=visit.service_s,
        skills={skills[need.name] for need in visit.skills},
        priority=min(MOST_PRIORITY, 1 + visit.priority),
        time_windows=[library.TimeWindow(window.earliest, window.latest) for window in visit.windows],
    )


def _read(problem: Problem, solution: Any) -> Orders:
    orders: dict[str, list[str]] = {}
    steps = solution.routes
    for vehicle, kind, number in zip(steps["vehicle_id"], steps["type"], steps["id"], strict=True):
        if kind == "job":
            orders.setdefault(problem.shifts[int(vehicle)].id, []).append(problem.visits[int(number)].id)
    return {shift: tuple(order) for shift, order in orders.items()}
