"""Lengths of parts of a route, joined in constant time.

A part is (length, earliest, latest): its shortest length in seconds, and between which two moments it may begin
without becoming longer (Vidal, Crainic, Gendreau and Prins, "A hybrid genetic algorithm with adaptive diversity
management for a large class of vehicle routing problems with time-windows", Computers & Operations Research 40
(2013), section 4.3). ``length`` -1 says that the part has no schedule.
"""

from routing.solver.jit import compiled, int64


@compiled
def join(
    length: int, earliest: int, latest: int, leg: int, other: int, opens: int, closes: int
) -> tuple[int, int, int]:
    """Return one part, a leg, and another part as one."""
    if length < 0 or other < 0:
        return -1, 0, 0
    before = length + leg
    if earliest + before > closes:
        return -1, 0, 0
    wait = max(opens - before - latest, 0)
    return before + other + wait, max(opens - before, earliest) - wait, min(closes - before, latest)


@compiled
def go_on(
    a: int,
    b: int,
    c: int,
    d: int,
    e: int,
    f: int,
    inside: int,
    leg: int,
    own: int,
    opens: int,
    closes: int,
    pause: int,
    lo: int,
    hi: int,
    stays: bool,
) -> tuple[int, int, int, int]:
    """Return the front of a route up to its next stop with the break behind, and whether the break lies in it.

    The front (d, e, f) had the break already, unless its length is -1; (a, b, c) has it still to come, and may take it
    after the leg or, when somebody ``stays`` where the leg begins, before it. The one that is free soonest is kept.
    """
    d, e, f = join(d, e, f, leg, own, opens, closes)
    for turn in range(2 if stays else 1):
        if turn == 1:
            g, h, i = join(a, b, c, 0, pause, lo, hi)
            g, h, i = join(g, h, i, leg, own, opens, closes)
        else:
            g, h, i = join(a, b, c, leg, pause, lo, hi)
            g, h, i = join(g, h, i, 0, own, opens, closes)
        if g >= 0 and (d < 0 or g + h < d + e or (g + h == d + e and i > f)):
            d, e, f, inside = g, h, i, int64(1)
    return d, e, f, inside
