"""The totals of a plan."""

from collections.abc import Iterable, Sequence

from routing.objective.balance import balance, fairness
from routing.objective.between import price_between
from routing.objective.routes import lateness_s, price_of_leaving_out, price_of_route
from routing.plan import Route, Summary, Unassigned
from routing.problem import Metres, Problem, Seconds


def whole_seconds(hundredths: int) -> int:
    """Return a cost in whole seconds, halves rounded up."""
    return (hundredths + 50) // 100


def summarise(problem: Problem, routes: Sequence[Route], unassigned: Iterable[Unassigned]) -> Summary:
    """Return the totals of a plan.

    Parameters
    ----------
    routes, unassigned
        The parts of the plan; every visit of the problem stands in one of them, a team in several routes.
    """
    left_out = [problem.visit_by_id[entry.visit] for entry in unassigned]
    cost = sum(price_of_route(problem, route) for route in routes)
    cost += sum(price_of_leaving_out(problem.weights, visit) for visit in left_out)
    cost += price_between(problem, routes)
    return Summary(
        cost=whole_seconds(cost),
        assigned=len({visit for route in routes for visit in route.visits} & problem.visit_by_id.keys()),
        unassigned=len(left_out),
        travel_s=Seconds(sum(route.travel_s for route in routes)),
        travel_m=Metres(sum(route.travel_m for route in routes)),
        service_s=Seconds(sum(route.service_s for route in routes)),
        wait_s=Seconds(sum(route.wait_s for route in routes)),
        overtime_s=Seconds(sum(route.overtime_s for route in routes)),
        lateness_s=Seconds(sum(lateness_s(problem, route) for route in routes)),
        fairness=fairness(balance(problem, routes)),
    )
