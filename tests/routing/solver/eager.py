"""An engine that offers all it can think of, most of it wrong."""

from itertools import permutations

from routing.solver.solving import Solving


def search(solving: Solving) -> None:
    """Offer nonsense, then every order of all visits in the first shift."""
    recorder, limits, clock = solving.recorder, solving.limits, solving.clock
    problem = recorder.desk.problem
    names = [visit.id for visit in problem.visits]
    recorder.offer({"nobody": names, problem.shifts[0].id: ["nothing", *names, *names]})
    for order in permutations(names):
        if clock.is_over() or limits.iterations == 0:
            return
        recorder.offer({problem.shifts[0].id: order})
