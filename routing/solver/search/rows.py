"""Rows carried from one solution to another."""

from routing.solver.jit import compiled
from routing.solver.search.arrays import (
    BUSY,
    CALL_AT,
    COST,
    COUNT,
    FIRST,
    FIXED,
    IDLE,
    PLAIN,
    SEGMENTS,
    TECHNICIAN,
    TRAVEL,
    VERSION,
    Instance,
    State,
)


@compiled
def copy_row(instance: Instance, source: State, target: State, shift: int) -> None:
    """Make a row of one solution that of another; ``where`` is left to the caller."""
    count, technician = source.rows[shift, COUNT], instance.shifts[shift, TECHNICIAN]
    for k in range(count + 2):
        target.seq[shift, k] = source.seq[shift, k]
    if source.rows[shift, PLAIN]:
        for k in range(count + 2):
            for part in range(SEGMENTS):
                target.segments[shift, k, part] = source.segments[shift, k, part]
    for sku in range(instance.is_tool.shape[0]):
        target.van[technician, sku] += source.taken[shift, sku] - target.taken[shift, sku]
        target.taken[shift, sku] = source.taken[shift, sku]
    target.rows[shift, COUNT] = count
    target.rows[shift, BUSY] = source.rows[shift, BUSY]
    target.rows[shift, COST] = source.rows[shift, COST]
    target.rows[shift, FIXED] = source.rows[shift, FIXED]
    target.rows[shift, TRAVEL] = source.rows[shift, TRAVEL]
    target.rows[shift, IDLE] = source.rows[shift, IDLE]
    target.rows[shift, CALL_AT] = source.rows[shift, CALL_AT]
    target.rows[shift, FIRST] = source.rows[shift, FIRST]
    target.rows[shift, PLAIN] = source.rows[shift, PLAIN]
    target.rows[shift, VERSION] = source.rows[shift, VERSION]
