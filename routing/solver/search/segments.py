"""Lengths of parts of a route, joined in constant time.

A part is (length, earliest, latest): its shortest length in seconds, and between which two moments it may begin
without becoming longer (Vidal, Crainic, Gendreau and Prins, "A hybrid genetic algorithm with adaptive diversity
management for a large class of vehicle routing problems with time-windows", Computers & Operations Research 40
(2013), section 4.3). ``length`` -1 says that the part has no schedule.
"""

from routing.solver.jit import compiled


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
