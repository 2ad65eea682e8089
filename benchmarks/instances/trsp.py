"""The technician routing problem of Pillac, Guéret and Medaglia as a ``Problem``, and its routes read back."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from benchmarks.formats.pillac import Row, TrspInstance
from benchmarks.instances import DEGREES, PRIORITY, UNSERVED, weights_of
from routing import (
    Depot,
    ItemNeed,
    Location,
    Matrix,
    Problem,
    Seconds,
    Shift,
    Skill,
    SkillNeed,
    Technician,
    TimeWindow,
    Visit,
)

SCALE = 1000
"""Units of a Problem in one unit of an instance."""

NOISE = 1e-9
"""A length that is whole but for its floating-point error is not rounded up to the next."""

DEPOT = "depot"


def trsp_problem(instance: TrspInstance) -> Problem:
    """Working time in thousandths of the instance's unit, travel rounded up: what holds here holds in the instance."""
    depot = instance.rows[0]
    if any(row.opens < depot.opens or row.closes > depot.closes for row in instance.technicians):
        raise ValueError(f"{instance.name}: a technician works while the depot is closed, which a Problem cannot say")
    return Problem(
        locations=tuple(Location(str(row.number), row.y * DEGREES, row.x * DEGREES) for row in instance.rows),
        matrices={"car": _matrix(instance)},
        technicians=tuple(_technician(row) for row in instance.technicians),
        shifts=tuple(_shift(row) for row in instance.technicians),
        visits=tuple(_visit(row) for row in instance.requests),
        tools=frozenset(_tool(tool) for row in instance.rows for tool in row.tools),
        weights=weights_of(unserved=UNSERVED, paid_s=100),
        depots=(Depot(DEPOT, 0),),
    )


def trsp_routes(orders: Mapping[str, Sequence[str]]) -> dict[str, list[int]]:
    """Technician number -> request numbers in their order, 0 for the call at the depot."""
    routes = {shift: [0 if name == DEPOT else int(name) for name in order] for shift, order in orders.items()}
    return {shift: stops for shift, stops in routes.items() if any(stops)}


def travel(one: Row, other: Row) -> float:
    """The instance's own travel time, not rounded."""
    return math.hypot(one.x - other.x, one.y - other.y)


def _matrix(instance: TrspInstance) -> Matrix:
    rows = [[math.ceil(SCALE * travel(one, other) - NOISE) for other in instance.rows] for one in instance.rows]
    cells = np.array(rows, dtype=np.int32)
    return Matrix(cells, cells)


def _units(number: float) -> Seconds:
    return Seconds(round(SCALE * number))


def _tool(number: int) -> str:
    return f"tool{number}"


def _part(number: int) -> str:
    return f"part{number}"


def _technician(row: Row) -> Technician:
    goods = {_tool(tool): 1 for tool in row.tools}
    goods |= {_part(part): held for part, held in enumerate(row.parts)}
    return Technician(str(row.number), tuple(Skill(f"skill{skill}") for skill in row.skills), goods=goods)


def _shift(row: Row) -> Shift:
    name = str(row.number)
    return Shift(name, name, _units(row.opens), _units(row.closes), start_location=row.number, end_location=row.number)


def _visit(row: Row) -> Visit:
    tools = tuple(ItemNeed(_tool(tool), 1) for tool in row.tools)
    parts = tuple(ItemNeed(_part(part), needed) for part, needed in enumerate(row.parts) if needed)
    return Visit(
        str(row.number),
        row.number,
        _units(row.service),
        (TimeWindow(_units(row.opens), _units(row.closes)),),
        skills=tuple(SkillNeed(f"skill{skill}") for skill in row.skills),
        priority=PRIORITY,
        items=(*tools, *parts),
    )
