"""The exact price of a route: the policy of ``routing.timetable`` again, compiled.

Be back as early as possible; then set out as late as possible without making a visit later past its deadline, or an
urgent one later at all; then everything as early as possible. Dynamic programming over (position, breaks behind),
forwards, backwards and forwards again. A property test holds this and ``routing.timetable`` together. Where travel
depends on the hour and several breaks lie between two stops, the travel between them, and nothing else, is an estimate.
"""

from routing.solver.jit import compiled, int64
from routing.solver.search.arrays import (
    BASE,
    BEGUN,
    BREAKS,
    CALLING,
    DEPARTURE,
    DUE,
    EMPTY,
    HAS_EXTRA,
    LATE,
    LEAVES,
    LIMIT,
    MOST_TRAVEL,
    NEVER,
    OPENING,
    OVERTIME,
    PAID,
    PROFILE,
    REGULAR_END,
    RELEASE,
    RETURN,
    SLOWER,
    SOFT,
    TECHNICIAN,
    TIED,
    TIMED,
    URGENT,
    WAY,
    Array,
    Instance,
)
from routing.solver.search.legs import late_at, leave_by


@compiled
def length_of(instance: Instance, shift: int, node: int) -> int:
    """Return the seconds that a stop takes."""
    visits = instance.visits.shape[0]
    if node < visits:
        return int64(instance.service[node, instance.shifts[shift, TECHNICIAN]])
    return int64(instance.depots[node - visits, 0])


@compiled
def earliest_start(instance: Instance, bounds: Array, shift: int, node: int, moment: int) -> int:
    """Return the first start of a stop from a moment on, NEVER when there is none."""
    visits = instance.visits.shape[0]
    start = int64(NEVER)
    if node >= visits:
        event = visits + 3 * shift + CALLING
        if moment <= min(instance.shifts[shift, LIMIT], bounds[event, 1]):
            start = max(moment, instance.shifts[shift, OPENING], bounds[event, 0])
    elif instance.visits[node, TIED]:
        if moment <= bounds[node, 1]:
            start = max(moment, bounds[node, 0])
    elif instance.lo[node, shift] <= instance.hi[node, shift]:
        if moment <= instance.hi[node, shift]:
            start = max(moment, int64(instance.lo[node, shift]))
    else:
        service = int64(instance.service[node, instance.shifts[shift, TECHNICIAN]])
        for window in range(instance.windows.shape[1]):
            first = int64(instance.windows[node, window, 0])
            last = min(int64(instance.windows[node, window, 1]), instance.windows[node, window, 2] - service)
            if first <= last and moment <= last:
                start = max(moment, first)
                break
    return start


@compiled
def latest_start(instance: Instance, bounds: Array, shift: int, node: int, moment: int) -> int:
    """Return the last start of a stop up to a moment, -NEVER when there is none."""
    visits = instance.visits.shape[0]
    start = int64(-NEVER)
    if node >= visits:
        event = visits + 3 * shift + CALLING
        if moment >= max(instance.shifts[shift, OPENING], bounds[event, 0]):
            start = min(moment, instance.shifts[shift, LIMIT], bounds[event, 1])
    elif instance.visits[node, TIED]:
        if moment >= bounds[node, 0]:
            start = min(moment, bounds[node, 1])
    elif instance.lo[node, shift] <= instance.hi[node, shift]:
        if moment >= instance.lo[node, shift]:
            start = min(moment, int64(instance.hi[node, shift]))
    else:
        service = int64(instance.service[node, instance.shifts[shift, TECHNICIAN]])
        for window in range(instance.windows.shape[1] - 1, -1, -1):
            first = int64(instance.windows[node, window, 0])
            last = min(int64(instance.windows[node, window, 1]), instance.windows[node, window, 2] - service)
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
def price_route(
    instance: Instance, bounds: Array, shift: int, seq: Array, count: int, scratch: Array
) -> tuple[int, int, int, int]:
    """Return price, idle seconds, travel and busy seconds of a route; the price is NEVER when it has no schedule.

    Parameters
    ----------
    bounds
        ``State.bounds``: what was agreed on for events that are tied to other routes.
    seq
        int64: origin, ``count`` stops, destination.
    scratch
        int64, from ``new_scratch``. Its rows: earliest starts per mask, latest starts per mask, moments, two walks,
        moments of a walk, departures, when the legs of either walk begin, and what the hour adds to them.
    """
    if count == 0:
        profile = instance.shifts[shift, PROFILE]
        way = int64(instance.travel[profile, seq[0], seq[1]])
        if instance.prices[TIMED]:
            way += late_at(instance, profile, seq[0], seq[1], instance.shifts[shift, OPENING])
        return instance.shifts[shift, EMPTY], int64(0), way, int64(0)
    price, idle, travel, busy, _, _, _ = _time(instance, bounds, shift, seq, count, scratch, False)
    return price, idle, travel, busy


@compiled
def time_route(
    instance: Instance, bounds: Array, shift: int, seq: Array, count: int, scratch: Array, times: Array
) -> int:
    """Write departure, starts and end of a route that is not empty to ``times``; return its price."""
    price, _, _, _, departure, end, row = _time(instance, bounds, shift, seq, count, scratch, True)
    if price < NEVER:
        times[0], times[count + 1] = departure, end
        for k in range(1, count + 1):
            times[k] = scratch[row, k]
    return price


@compiled
def time_legs(
    instance: Instance, bounds: Array, shift: int, seq: Array, count: int, scratch: Array, parts: Array
) -> tuple[int, int, int, int]:
    """Do what ``price_route`` does, and write LEAVES and SLOWER of every leg; the route is not empty."""
    price, idle, travel, busy, _, _, row = _time(instance, bounds, shift, seq, count, scratch, True)
    if price < NEVER:
        for k in range(count + 1):
            parts[k, LEAVES], parts[k, SLOWER] = scratch[row + 4, k], scratch[row + 6, k]
    return price, idle, travel, busy


@compiled
def _time(
    instance: Instance, bounds: Array, shift: int, seq: Array, count: int, scratch: Array, must_walk: bool
) -> tuple[int, int, int, int, int, int, int]:
    """Return price, idle, travel and busy seconds, departure, end, and the row of the scratch with the starts."""
    nothing = int64(NEVER), int64(0), int64(0), int64(0), int64(0), int64(0), int64(0)
    travel, busy, extra, is_soft = _sum_up(instance, shift, seq, count)
    if travel > instance.shifts[shift, MOST_TRAVEL]:
        return nothing
    end = _go_forwards(instance, bounds, shift, seq, count, scratch)
    if end > instance.shifts[shift, LIMIT]:
        return nothing
    _go_backwards(instance, bounds, shift, seq, count, end, scratch)
    departure, mask, ties = _depart(instance, bounds, shift, scratch)
    if departure == -NEVER:
        return nothing
    off, late, waited, row = int64(0), int64(0), int64(0), int64(0)
    must_walk = must_walk or is_soft or ties > 1 or instance.prices[TIMED] != 0
    for one in range(instance.shifts[shift, BREAKS]):
        if not (mask >> one) & 1:
            if instance.breaks[shift, one, 1] < end:
                off += instance.breaks[shift, one, 2]
            else:
                must_walk = True
    if must_walk:
        off, row = _walk_best(instance, bounds, shift, seq, count, departure, mask, end, scratch)
        late, waited = _charge_starts(instance, shift, seq, count, scratch[row])
    if instance.prices[TIMED]:
        for k in range(count + 1):
            travel += scratch[row + 6, k]
            busy += scratch[row + 6, k]
        if travel > instance.shifts[shift, MOST_TRAVEL]:
            return nothing
    paid = end - departure - off
    price = (
        instance.shifts[shift, BASE]
        + extra
        + paid * instance.prices[PAID]
        + max(int64(0), end - instance.shifts[shift, REGULAR_END]) * instance.prices[OVERTIME]
        + travel * instance.prices[WAY]
        + late * instance.prices[LATE]
        + waited * instance.prices[URGENT]
    )
    return price, paid - busy, travel, busy, departure, end, row


@compiled
def _sum_up(instance: Instance, shift: int, seq: Array, count: int) -> tuple[int, int, int, bool]:
    """Return travel, all seconds that are not idle, fixed prices, and whether starts are charged for."""
    profile, visits = instance.shifts[shift, PROFILE], instance.visits.shape[0]
    travel, busy, extra, is_soft = int64(0), int64(0), int64(0), False
    for k in range(1, count + 2):
        travel += instance.travel[profile, seq[k - 1], seq[k]]
        busy += instance.seconds[profile, seq[k - 1], seq[k]]
    for k in range(1, count + 1):
        busy += length_of(instance, shift, seq[k])
        if seq[k] < visits:
            is_soft = is_soft or instance.visits[seq[k], SOFT] != 0
            if instance.prices[HAS_EXTRA]:
                extra += instance.extra[seq[k], shift]
    return travel, busy, extra, is_soft


@compiled
def _go_forwards(instance: Instance, bounds: Array, shift: int, seq: Array, count: int, scratch: Array) -> int:
    """Write down the earliest start of every stop per mask; return the earliest end, NEVER when there is none."""
    profile, breaks, timed = instance.shifts[shift, PROFILE], instance.shifts[shift, BREAKS], instance.prices[TIMED]
    seconds = instance.seconds[profile]
    masks, event = 1 << breaks, instance.visits.shape[0] + 3 * shift
    moments = scratch[2 * masks]
    for mask in range(masks):
        moments[mask] = max(instance.masks[shift, 0, mask], bounds[event + DEPARTURE, 0])
    if instance.shifts[shift, BEGUN]:
        take_breaks(instance, shift, moments)
    for k in range(1, count + 1):
        node = seq[k]
        leg, length = int64(seconds[seq[k - 1], node]), length_of(instance, shift, node)
        for mask in range(masks):
            if timed:
                moments[mask] += late_at(instance, profile, seq[k - 1], node, moments[mask])
            moments[mask] += leg
        if breaks:
            take_breaks(instance, shift, moments)
        possible = False
        for mask in range(masks):
            start = earliest_start(instance, bounds, shift, node, moments[mask])
            scratch[mask, k] = start
            moments[mask] = min(start + length, int64(NEVER))
            possible = possible or start < NEVER
        if not possible:
            return int64(NEVER)
        if breaks:
            take_breaks(instance, shift, moments)
    home = int64(seconds[seq[count], seq[count + 1]])
    end = int64(NEVER)
    for mask in range(masks):
        slower = late_at(instance, profile, seq[count], seq[count + 1], moments[mask]) if timed else int64(0)
        arrival = max(moments[mask] + home + slower, bounds[event + RETURN, 0])
        if arrival <= min(instance.masks[shift, 1, mask], bounds[event + RETURN, 1]):
            end = min(end, arrival)
    return end


@compiled
def _go_backwards(
    instance: Instance, bounds: Array, shift: int, seq: Array, count: int, end: int, scratch: Array
) -> None:
    """Write down the latest start of every stop per mask that keeps the end, and the latest departures."""
    profile, breaks, timed = instance.shifts[shift, PROFILE], instance.shifts[shift, BREAKS], instance.prices[TIMED]
    seconds = instance.seconds[profile]
    masks, visits = 1 << breaks, instance.visits.shape[0]
    moments = scratch[2 * masks]
    back = bounds[visits + 3 * shift + RETURN, 0]
    for mask in range(masks):
        last = instance.masks[shift, 1, mask]
        moments[mask] = min(end, last) if last >= back else int64(-NEVER)
    for k in range(count, 0, -1):
        node = seq[k]
        spent, length = int64(seconds[node, seq[k + 1]]), length_of(instance, shift, node)
        for mask in range(masks):
            if timed:
                moments[mask] = leave_by(instance, profile, node, seq[k + 1], moments[mask])
            else:
                moments[mask] -= spent
        if breaks:
            untake_breaks(instance, shift, moments)
        for mask in range(masks):
            last = moments[mask] - length
            if node < visits and instance.visits[node, SOFT]:
                on_time = instance.visits[node, DUE] - length
                if instance.visits[node, RELEASE] < NEVER:
                    on_time = int64(-NEVER)
                last = min(last, max(on_time, scratch[mask, k]))
            moments[mask] = scratch[masks + mask, k] = latest_start(instance, bounds, shift, node, last)
        if breaks:
            untake_breaks(instance, shift, moments)
    spent = int64(seconds[seq[0], seq[1]])
    for mask in range(masks):
        if timed:
            scratch[2 * masks + 4, mask] = leave_by(instance, profile, seq[0], seq[1], moments[mask])
        else:
            scratch[2 * masks + 4, mask] = moments[mask] - spent


@compiled
def _depart(instance: Instance, bounds: Array, shift: int, scratch: Array) -> tuple[int, int, int]:
    """Return the latest departure, the breaks that lie before it, and how many choices of those there are."""
    if instance.shifts[shift, BEGUN]:
        return instance.shifts[shift, OPENING], int64(0), int64(1)
    masks, event = 1 << instance.shifts[shift, BREAKS], instance.visits.shape[0] + 3 * shift + DEPARTURE
    departure, chosen, ties = int64(-NEVER), int64(0), int64(0)
    for mask in range(masks):
        last = scratch[2 * masks + 4, mask] = min(scratch[2 * masks + 4, mask], bounds[event, 1])
        if last >= max(instance.masks[shift, 0, mask], bounds[event, 0]):
            if last > departure:
                departure, chosen, ties = last, int64(mask), int64(1)
            elif last == departure:
                ties += 1
    return departure, chosen, ties


@compiled
def _walk_best(
    instance: Instance,
    bounds: Array,
    shift: int,
    seq: Array,
    count: int,
    departure: int,
    chosen: int,
    end: int,
    scratch: Array,
) -> tuple[int, int]:
    """Walk for every choice of breaks before the departure; return the best one's seconds off and scratch row.

    The best has the earliest services, and of equals the most time off.
    """
    masks = 1 << instance.shifts[shift, BREAKS]
    begun = instance.shifts[shift, BEGUN]
    best, off = 2 * masks + 1, int64(0)
    for mask in range(chosen, masks):
        if mask > chosen and (
            begun or scratch[2 * masks + 4, mask] != departure or departure < instance.masks[shift, 0, mask]
        ):
            continue
        row = 4 * masks + 3 - best  # the other one of two
        off_here = _walk(instance, bounds, shift, seq, count, departure, int64(mask), end, scratch, masks, row)
        verdict = 0 if mask > chosen else -1
        for k in range(1, count + 1):
            if verdict == 0 and scratch[row, k] != scratch[best, k]:
                verdict = -1 if scratch[row, k] < scratch[best, k] else 1
        if verdict < 0 or (verdict == 0 and off_here > off):
            best, off = row, off_here
    return off, best


@compiled
def _charge_starts(instance: Instance, shift: int, seq: Array, count: int, starts: Array) -> tuple[int, int]:
    """Return the seconds past deadlines, and those that urgent visits wait."""
    late, waited, visits = int64(0), int64(0), instance.visits.shape[0]
    for k in range(1, count + 1):
        node = seq[k]
        if node < visits and instance.visits[node, SOFT]:
            late += max(int64(0), starts[k] + length_of(instance, shift, node) - instance.visits[node, DUE])
            if instance.visits[node, RELEASE] < NEVER:
                waited += max(int64(0), starts[k] - instance.visits[node, RELEASE])
    return late, waited


@compiled
def _walk(
    instance: Instance,
    bounds: Array,
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

    Starts are written to row ``into`` of the scratch, whose rows 0 to 2 * masks - 1 hold earliest and latest starts;
    when each leg begins, to the row four further on, and by how much it takes longer than the least to the one after
    next.
    """
    profile, timed = instance.shifts[shift, PROFILE], instance.prices[TIMED]
    seconds, leaves, slower = instance.seconds[profile], scratch[into + 4], scratch[into + 6]
    everything = masks - 1
    moments = scratch[2 * masks + 3]
    moment, stays = departure, instance.shifts[shift, BEGUN]
    off, gone = int64(0), mask
    for k in range(1, count + 1):
        node = seq[k]
        leg = int64(seconds[seq[k - 1], node])
        arrival = moment + leg
        if timed:
            slower[k - 1] = late_at(instance, profile, seq[k - 1], node, moment)
            arrival += slower[k - 1]
        start = earliest_start(instance, bounds, shift, node, arrival)
        then, leaves[k - 1] = gone, moment
        if not (start <= scratch[masks + gone, k] and (start == arrival or gone == everything)):
            for other in range(masks):
                moments[other] = int64(NEVER)
            moments[gone] = moment
            if stays:
                take_breaks(instance, shift, moments)
            for other in range(masks):
                if timed and moments[other] < NEVER:
                    moments[other] += late_at(instance, profile, seq[k - 1], node, moments[other])
                moments[other] = min(moments[other] + leg, int64(NEVER))
            take_breaks(instance, shift, moments)
            start, most = int64(NEVER), -1
            for other in range(masks):
                first = earliest_start(instance, bounds, shift, node, moments[other])
                if first <= scratch[masks + other, k] and first < NEVER:
                    taken = _bits(other)
                    if first < start or (first == start and taken > most):
                        start, most, then = first, taken, other
            if timed and stays and then != gone and masks == 2:
                leaves[k - 1] = _leave_around_break(instance, bounds, shift, seq[k - 1], node, moment, arrival)
                slower[k - 1] = late_at(instance, profile, seq[k - 1], node, leaves[k - 1])
        off += _off_between(instance, shift, gone, then)
        gone = then
        scratch[into, k] = start
        moment = start + length_of(instance, shift, node)
        stays = True
    leg = int64(seconds[seq[count], seq[count + 1]])
    for other in range(masks):
        moments[other] = int64(NEVER)
    moments[gone] = moment
    take_breaks(instance, shift, moments)
    then, most, leaves[count], slower[count] = gone, -1, moment, 0
    back = bounds[instance.visits.shape[0] + 3 * shift + RETURN, 0]
    for other in range(masks):
        last = instance.masks[shift, 1, other]
        if moments[other] >= NEVER or last < back:
            continue
        late = late_at(instance, profile, seq[count], seq[count + 1], moments[other]) if timed else int64(0)
        if moments[other] + leg + late <= min(end, last) and _bits(other) > most:
            then, most, leaves[count], slower[count] = other, _bits(other), moments[other], late
    return off + _off_between(instance, shift, gone, then)


@compiled
def _leave_around_break(
    instance: Instance, bounds: Array, shift: int, here: int, there: int, moment: int, arrival: int
) -> int:
    """Return when a leg begins whose only break is taken before it or after it: where the next stop starts sooner.

    Of equals, where the break begins sooner.
    """
    earliest, latest, length = instance.breaks[shift, 0, 0], instance.breaks[shift, 0, 1], instance.breaks[shift, 0, 2]
    profile = instance.shifts[shift, PROFILE]
    if moment > latest:
        return moment
    free = int64(max(moment, earliest) + length)
    then = free + int64(instance.seconds[profile, here, there]) + late_at(instance, profile, here, there, free)
    before = earliest_start(instance, bounds, shift, there, then)
    after = int64(NEVER)
    if arrival <= latest:
        after = earliest_start(instance, bounds, shift, there, max(arrival, earliest) + length)
    if before < after or (before == after and max(moment, earliest) < max(arrival, earliest)):
        return free
    return moment


@compiled
def _bits(mask: int) -> int:
    count = 0
    while mask:
        count += mask & 1
        mask >>= 1
    return count


@compiled
def _off_between(instance: Instance, shift: int, before: int, after: int) -> int:
    off = int64(0)
    for one in range(instance.shifts[shift, BREAKS]):
        if (after >> one) & 1 and not (before >> one) & 1:
            off += instance.breaks[shift, one, 2]
    return off
