"""An engine that offers all it can think of, most of it wrong."""

from itertools import permutations

from routing.solver.limits import Clock, Limits
from routing.solver.recorder import Recorder


def search(recorder: Recorder, limits: Limits, clock: Clock) -> None:
    """Offer nonsense, then every order of all visits in the first shift."""
    problem = recorder.desk.problem
    names = [visit.id for visit in problem.visits]
    recorder.offer({"nobody": names, problem.shifts[0].id: ["nothing", *names, *names]})
    for order in permutations(names):
        if clock.is_over() or limits.iterations == 0:
            return
        recorder.offer({problem.shifts[0].id: order})
