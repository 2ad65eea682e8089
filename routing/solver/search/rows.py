"""Rows carried from one solution to another."""

from routing.solver.jit import compiled
from routing.solver.search.arrays import SEGMENTS, Instance, State


@compiled
def copy_row(instance: Instance, source: State, target: State, shift: int) -> None:
    """Make a row of one solution that of another; ``where`` is left to the caller."""
    count, technician = source.count[shift], instance.technician[shift]
    for k in range(count + 2):
        target.seq[shift, k] = source.seq[shift, k]
    if source.plain[shift]:
        for k in range(count + 2):
            for part in range(SEGMENTS):
                target.segments[shift, k, part] = source.segments[shift, k, part]
    for sku in range(instance.is_tool.shape[0]):
        target.van[technician, sku] += source.taken[shift, sku] - target.taken[shift, sku]
        target.taken[shift, sku] = source.taken[shift, sku]
    target.count[shift] = count
    target.cost[shift] = source.cost[shift]
    target.fixed[shift] = source.fixed[shift]
    target.travel[shift] = source.travel[shift]
    target.idle[shift] = source.idle[shift]
    target.call[shift] = source.call[shift]
    target.first[shift] = source.first[shift]
    target.plain[shift] = source.plain[shift]
    target.version[shift] = source.version[shift]
