"""The exact price of a route: the policy of ``routing.timetable`` again, compiled.

Be back as early as possible; then set out as late as possible without making a visit later past its deadline, or an
urgent one later at all; then everything as early as possible. Dynamic programming over (position, breaks behind),
forwards, backwards and forwards again. A property test holds this and ``routing.timetable`` together.
"""

import numpy as np

from routing.solver.jit import compiled
from routing.solver.search.arrays import (
    BASE,
    BEGUN,
    BREAKS,
    DUE,
    EMPTY,
    HAS_EXTRA,
    LATE,
    LIMIT,
    MOST_TRAVEL,
    NEVER,
    OPENING,
    OVERTIME,
    PAID,
    PROFILE,
    REGULAR_END,
    RELEASE,
    SOFT,
    TECHNICIAN,
    URGENT,
    WAY,
    Array,
    Instance,
)


@compiled
def length_of(instance: Instance, shift: int, node: int) -> int:
    """Return the seconds that a stop takes."""
    visits = instance.visits.shape[0]
    if node < visits:
        return np.int64(instance.service[node, instance.shifts[shift, TECHNICIAN]])
    return np.int64(instance.depots[node - visits, 0])


@compiled
def earliest_start(instance: Instance, shift: int, node: int, moment: int) -> int:
    """Return the first start of a stop from a moment on, NEVER when there is none."""
    visits = instance.visits.shape[0]
    start = np.int64(NEVER)
    if node >= visits:
        if moment <= instance.shifts[shift, LIMIT]:
            start = max(moment, instance.shifts[shift, OPENING])
    elif instance.lo[node, shift] <= instance.hi[node, shift]:
        if moment <= instance.hi[node, shift]:
            start = max(moment, np.int64(instance.lo[node, shift]))
    else:
        service = np.int64(instance.service[node, instance.shifts[shift, TECHNICIAN]])
        for window in range(instance.windows.shape[1]):
            first = np.int64(instance.windows[node, window, 0])
            last = min(np.int64(instance.windows[node, window, 1]), instance.windows[node, window, 2] - service)
            if first <= last and moment <= last:
                start = max(moment, first)
                break
    return start


@compiled
def latest_start(instance: Instance, shift: int, node: int, moment: int) -> int:
    """Return the last start of a stop up to a moment, -NEVER when there is none."""
    visits = instance.visits.shape[0]
    start = np.int64(-NEVER)
    if node >= visits:
        if moment >= instance.shifts[shift, OPENING]:
            start = min(moment, instance.shifts[shift, LIMIT])
    elif instance.lo[node, shift] <= instance.hi[node, shift]:
        if moment >= instance.lo[node, shift]:
            start = min(moment, np.int64(instance.hi[node, shift]))
    else:
        service = np.int64(instance.service[node, instance.shifts[shift, TECHNICIAN]])
        for window in range(instance.windows.shape[1] - 1, -1, -1):
            first = np.int64(instance.windows[node, window, 0])
            last = min(np.int64(instance.windows[node, window, 1]), instance.windows[node, window, 2] - service)
            if first <= last and first <= moment:
                start = min(moment, last)
                break
    return start


@compiled
def take_breaks(instance: Instance, shift: int, moments: Array) -> None:
    """Let breaks be taken here and now, each as early as it may begin."""
    count = instance.shifts[shift, BREAKS]
    for mask in range(1 << count):
        for one in range(count):
            if not (mask >> one) & 1 and moments[mask] <= instance.breaks[shift, one, 1]:
                end = max(moments[mask], instance.breaks[shift, one, 0]) + instance.breaks[shift, one, 2]
                moments[mask | (1 << one)] = min(moments[mask | (1 << one)], end)


@compiled
def untake_breaks(instance: Instance, shift: int, moments: Array) -> None:
    """Do the same for latest moments: how late may one be here and still take breaks."""
    count = instance.shifts[shift, BREAKS]
    for mask in range((1 << count) - 1, -1, -1):
        for one in range(count - 1, -1, -1):
            if not (mask >> one) & 1:
                start = moments[mask | (1 << one)] - instance.breaks[shift, one, 2]
                if start >= instance.breaks[shift, one, 0]:
                    start = min(start, instance.breaks[shift, one, 1])
                    moments[mask] = max(moments[mask], start)


@compiled
def price_route(instance: Instance, shift: int, seq: Array, count: int, scratch: Array) -> tuple[int, int, int]:
    """Return price, idle seconds and travel of a route; the price is NEVER when it has no schedule.

    Parameters
    ----------
    seq
        int32: origin, ``count`` stops, destination.
    scratch
        int64 (2 * 2**B + 8, M or more).
    """
    profile, visits = instance.shifts[shift, PROFILE], instance.visits.shape[0]
    breaks = instance.shifts[shift, BREAKS]
    masks = 1 << breaks
    technician = instance.shifts[shift, TECHNICIAN]
    seconds, legs = instance.seconds[profile], instance.travel[profile]
    begun = instance.shifts[shift, BEGUN]
    if count == 0:
        return instance.shifts[shift, EMPTY], np.int64(0), np.int64(legs[seq[0], seq[1]])

    travel, busy, extra, is_soft = np.int64(0), np.int64(0), np.int64(0), False
    has_extra = instance.prices[HAS_EXTRA]
    for k in range(1, count + 2):
        before, node = seq[k - 1], seq[k]
        travel += legs[before, node]
        busy += seconds[before, node]
        if k <= count:
            busy += length_of(instance, shift, node)
            if node < visits:
                is_soft = is_soft or instance.visits[node, SOFT]
                if has_extra:
                    extra += instance.extra[node, shift]
    if travel > instance.shifts[shift, MOST_TRAVEL]:
        return np.int64(NEVER), np.int64(0), np.int64(0)

    # Forwards: earliest start of every stop, per mask (rows 0 .. masks - 1).
    moments = scratch[2 * masks]
    for mask in range(masks):
        moments[mask] = instance.masks[shift, 0, mask]
    if begun:
        take_breaks(instance, shift, moments)
    for k in range(1, count + 1):
        node = seq[k]
        leg = np.int64(seconds[seq[k - 1], node])
        for mask in range(masks):
            moments[mask] += leg
        if breaks:
            take_breaks(instance, shift, moments)
        length = length_of(instance, shift, node)
        possible = False
        for mask in range(masks):
            start = earliest_start(instance, shift, node, moments[mask])
            scratch[mask, k] = start
            moments[mask] = min(start + length, np.int64(NEVER))
            possible = possible or start < NEVER
        if not possible:
            return np.int64(NEVER), np.int64(0), np.int64(0)
        if breaks:
            take_breaks(instance, shift, moments)
    home = np.int64(seconds[seq[count], seq[count + 1]])
    end = np.int64(NEVER)
    for mask in range(masks):
        arrival = moments[mask] + home
        if arrival <= instance.masks[shift, 1, mask] and arrival < end:
            end = arrival
    if end > instance.shifts[shift, LIMIT]:
        return np.int64(NEVER), np.int64(0), np.int64(0)

    # Backwards: latest start of every stop that keeps this end (rows masks .. 2 * masks - 1).
    for mask in range(masks):
        moments[mask] = min(end, instance.masks[shift, 1, mask])
    for k in range(count, 0, -1):
        node = seq[k]
        spent = np.int64(seconds[node, seq[k + 1]])
        length = length_of(instance, shift, node)
        for mask in range(masks):
            moments[mask] -= spent
        if breaks:
            untake_breaks(instance, shift, moments)
        for mask in range(masks):
            last = moments[mask] - length
            if node < visits and instance.visits[node, SOFT]:
                on_time = instance.visits[node, DUE] - length
                if instance.visits[node, RELEASE] < NEVER:
                    on_time = np.int64(-NEVER)
                last = min(last, max(on_time, scratch[mask, k]))
            last = latest_start(instance, shift, node, last)
            scratch[masks + mask, k] = last
            moments[mask] = last
        if breaks:
            untake_breaks(instance, shift, moments)
    spent = np.int64(seconds[seq[0], seq[1]])
    for mask in range(masks):
        moments[mask] -= spent

    departure, chosen, ties = np.int64(-NEVER), 0, 0
    if begun:
        departure, ties = instance.shifts[shift, OPENING], 1
    else:
        for mask in range(masks):
            if moments[mask] >= instance.masks[shift, 0, mask]:
                if moments[mask] > departure:
                    departure, chosen, ties = moments[mask], mask, 1
                elif moments[mask] == departure:
                    ties += 1

    off, late, waited = np.int64(0), np.int64(0), np.int64(0)
    walk = is_soft or ties > 1
    for one in range(breaks):
        if not (chosen >> one) & 1:
            if instance.breaks[shift, one, 1] < end:
                off += instance.breaks[shift, one, 2]
            else:
                walk = True
    if walk:
        departures = scratch[2 * masks + 4]
        for mask in range(masks):
            departures[mask] = moments[mask]
        best = 2 * masks + 1
        for mask in range(masks):
            if begun and mask > 0:
                break
            if not begun and not (departures[mask] == departure and departure >= instance.masks[shift, 0, mask]):
                continue
            other = 4 * masks + 3 - best  # the other one of two rows
            off_here = _walk(instance, shift, seq, count, departure, mask, end, scratch, masks, other)
            is_better = mask == chosen
            if not is_better:
                verdict = 0
                for k in range(1, count + 1):
                    if scratch[other, k] != scratch[best, k]:
                        verdict = -1 if scratch[other, k] < scratch[best, k] else 1
                        break
                is_better = verdict < 0 or (verdict == 0 and off_here > off)
            if is_better:
                best, off = other, off_here
        for k in range(1, count + 1):
            node = seq[k]
            if node < visits and instance.visits[node, SOFT]:
                start = scratch[best, k]
                late += max(
                    np.int64(0), start + np.int64(instance.service[node, technician]) - instance.visits[node, DUE]
                )
                if instance.visits[node, RELEASE] < NEVER:
                    waited += max(np.int64(0), start - instance.visits[node, RELEASE])
    paid = end - departure - off
    price = (
        instance.shifts[shift, BASE]
        + extra
        + paid * instance.prices[PAID]
        + max(np.int64(0), end - instance.shifts[shift, REGULAR_END]) * instance.prices[OVERTIME]
        + travel * instance.prices[WAY]
        + late * instance.prices[LATE]
        + waited * instance.prices[URGENT]
    )
    return price, paid - busy, travel


@compiled
def _walk(
    instance: Instance,
    shift: int,
    seq: Array,
    count: int,
    departure: int,
    mask: int,
    end: int,
    scratch: Array,
    masks: int,
    into: int,
) -> int:
    """Go through a route as early as possible and be back by ``end``; return its seconds of breaks.

    Starts are written to row ``into`` of the scratch, whose rows 0 to 2 * masks - 1 hold earliest and latest starts.
    """
    seconds = instance.seconds[instance.shifts[shift, PROFILE]]
    everything = masks - 1
    moments = scratch[2 * masks + 3]
    moment, stays = departure, instance.shifts[shift, BEGUN]
    off, gone = np.int64(0), mask
    for k in range(1, count + 1):
        node = seq[k]
        leg = np.int64(seconds[seq[k - 1], node])
        arrival = moment + leg
        start = earliest_start(instance, shift, node, arrival)
        then = gone
        if not (start <= scratch[masks + gone, k] and (start == arrival or gone == everything)):
            for other in range(masks):
                moments[other] = np.int64(NEVER)
            moments[gone] = moment
            if stays:
                take_breaks(instance, shift, moments)
            for other in range(masks):
                moments[other] = min(moments[other] + leg, np.int64(NEVER))
            take_breaks(instance, shift, moments)
            start, most = np.int64(NEVER), -1
            for other in range(masks):
                first = earliest_start(instance, shift, node, moments[other])
                if first <= scratch[masks + other, k] and first < NEVER:
                    taken = _bits(other)
                    if first < start or (first == start and taken > most):
                        start, most, then = first, taken, other
        off += _off_between(instance, shift, gone, then)
        gone = then
        scratch[into, k] = start
        moment = start + length_of(instance, shift, node)
        stays = True
    leg = np.int64(seconds[seq[count], seq[count + 1]])
    for other in range(masks):
        moments[other] = np.int64(NEVER)
    moments[gone] = moment
    take_breaks(instance, shift, moments)
    then, most = gone, -1
    for other in range(masks):
        if moments[other] < NEVER and moments[other] + leg <= min(end, instance.masks[shift, 1, other]):
            if _bits(other) > most:
                then, most = other, _bits(other)
    return off + _off_between(instance, shift, gone, then)


@compiled
def _bits(mask: int) -> int:
    count = 0
    while mask:
        count += mask & 1
        mask >>= 1
    return count


@compiled
def _off_between(instance: Instance, shift: int, before: int, after: int) -> int:
    off = np.int64(0)
    for one in range(instance.shifts[shift, BREAKS]):
        if (after >> one) & 1 and not (before >> one) & 1:
            off += instance.breaks[shift, one, 2]
    return off
