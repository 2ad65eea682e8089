"""Travel by the hour, compiled: ``routing.hours`` again; a property test holds the two together.

``Instance.travel`` and ``Instance.seconds`` hold the least that a way takes; what the hour adds is asked for here.
"""

from routing.hours import SLOT_S
from routing.solver.jit import compiled, int64
from routing.solver.search.arrays import BEGUN, LEAVES, NEVER, OPENING, PROFILE, TIMED, Instance, State

FIRST, LAST_KNOT, LEVELS = 0, 1, 2
"""Columns of ``Instance.hours``: the first knot's moment, the last knot's number, and the slots from here on."""


@compiled
def late_at(instance: Instance, profile: int, here: int, there: int, moment: int) -> int:
    """Return by how many seconds a way takes longer than the least when one sets out at this moment.

    Only where ``prices[TIMED]``.
    """
    since = moment - instance.hours[profile, FIRST]
    knot, last = since // SLOT_S, instance.hours[profile, LAST_KNOT]
    least = int64(instance.travel[profile, here, there])
    if knot < 0:
        return int64(instance.slots[profile, here, there, instance.hours[profile, LEVELS]]) - least
    if knot >= last:
        return int64(instance.slots[profile, here, there, instance.hours[profile, LEVELS + last]]) - least
    now, later = instance.hours[profile, LEVELS + knot], instance.hours[profile, LEVELS + knot + 1]
    seconds = int64(instance.slots[profile, here, there, now])
    if now != later:
        change = int64(instance.slots[profile, here, there, later]) - seconds
        seconds += change * (since - knot * SLOT_S) // SLOT_S
    return seconds - least


@compiled
def leave_by(instance: Instance, profile: int, here: int, there: int, ready: int) -> int:
    """Return the last moment to set out so as to be at a stop, its set-up behind, by ``ready``.

    Only where ``prices[TIMED]``.
    """
    least = int64(instance.travel[profile, here, there])
    arrival = ready - int64(instance.seconds[profile, here, there]) + least
    if ready <= -NEVER // 2:
        return int64(-NEVER)
    first, last = instance.hours[profile, FIRST], instance.hours[profile, LAST_KNOT]
    knot = (arrival - least - first) // SLOT_S
    if knot >= last:
        moment = arrival - int64(instance.slots[profile, here, there, instance.hours[profile, LEVELS + last]])
        if moment >= first + last * SLOT_S:
            return int64(moment)
        knot = last - 1
    while knot >= 0:
        begins = first + knot * SLOT_S
        seconds = int64(instance.slots[profile, here, there, instance.hours[profile, LEVELS + knot]])
        left = arrival - begins - seconds
        if left >= 0:
            then = int64(instance.slots[profile, here, there, instance.hours[profile, LEVELS + knot + 1]])
            steepness = SLOT_S + then - seconds
            most = int64(SLOT_S - 1)
            if steepness > 0:
                most = min(most, ((left + 1) * SLOT_S - 1) // steepness)
            return int64(begins + most)
        knot -= 1
    earliest = int64(instance.slots[profile, here, there, instance.hours[profile, LEVELS]])
    return int64(min(arrival - earliest, first - 1))


@compiled
def leg_at(instance: Instance, profile: int, here: int, there: int, moment: int) -> int:
    """Return the seconds to a stop, with its set-up, for somebody who sets out at this moment."""
    leg = int64(instance.seconds[profile, here, there])
    if instance.prices[TIMED]:
        leg += late_at(instance, profile, here, there, moment)
    return leg


@compiled
def slower_around(
    instance: Instance, state: State, shift: int, k: int, visit: int, own: int, opens: int
) -> tuple[int, int]:
    """Estimate by how much the legs to and from a visit after position ``k`` take longer than the least.

    Only where ``prices[TIMED]``, and for a route whose LEAVES are known.
    """
    profile, before, after = instance.shifts[shift, PROFILE], state.seq[shift, k], state.seq[shift, k + 1]
    leaves, least = state.segments[shift, k, LEAVES], int64(instance.seconds[profile, before, visit])
    if k == 0 and not instance.shifts[shift, BEGUN]:
        # Who is still at the start sets out as late as the visit allows.
        leaves = max(instance.shifts[shift, OPENING], leaves - own - least, opens - least)
    to = late_at(instance, profile, before, visit, leaves)
    on = late_at(instance, profile, visit, after, max(leaves + least + to, opens) + own)
    return to, on
