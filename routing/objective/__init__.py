"""The one objective: what a plan costs, as if everything were paid time.

Inside, the unit is a hundredth of a second of paid time; a ``Summary`` says whole seconds. Each weight of
``Problem.weights`` is what one of its units costs in hundredths.

| part | unit, and what is counted | weight | unless changed, one unit costs |
|---|---|---|---|
| paid time | second from setting out to being back, less breaks; wait, set-up and calls are paid | ``paid_s`` | 1 s |
| overtime | second of it after the shift's regular end, on top | ``overtime_s`` | 0.5 s |
| travel | second on the way, on top; what a car costs | ``travel_s`` | 0.25 s |
| lateness | second by which a service ends after its deadline | ``lateness_s`` | 2 s |
| urgency | second from an urgent visit's first window's earliest moment to its start | ``urgency_s`` | 0.1 s |
| preference | visit that has preferred technicians and gets another one | ``not_preferred`` | 15 min |
| stability | visit that stood in another shift in the plan before | ``moved`` | 5 min |
| last resort | stop of somebody sent only when nobody else can, times (1 + priority) | ``last_resort`` | 30 min |
| unserved | visit in no route, times (1 + priority) | ``unserved`` | 1 h |

A route's cost is that of its parts, facts included; a plan's is that of its routes, of the visits left out, and of what
lies between the routes (``price_between``):

| part | what is counted | price |
|---|---|---|
| balance | per technician half the square of paid time, by the time of all shifts | ``fair_paid_s`` |
| | the same of the time on the way | ``fair_travel_s`` |
| reserve | technician too few at hand | ``Reserve.price`` |
| meetings | pair of presences of different bubbles that meet, where that is merely priced | ``Separation.price`` |

The balance counts what was before the horizon too, less what that alone would cost.

Whole numbers throughout: two ways to add up the same plan agree exactly.
"""

from routing.objective.balance import Share, balance, fairness
from routing.objective.between import price_between
from routing.objective.routes import (
    Parts,
    is_moved,
    is_not_preferred,
    lateness_s,
    least_price_of_order,
    parts_of,
    price,
    price_of_leaving_out,
    price_of_order,
    price_of_route,
    price_of_span,
    urgency_s,
)
from routing.objective.totals import summarise, whole_seconds

__all__ = [
    "Parts",
    "Share",
    "balance",
    "fairness",
    "is_moved",
    "is_not_preferred",
    "lateness_s",
    "least_price_of_order",
    "parts_of",
    "price",
    "price_between",
    "price_of_leaving_out",
    "price_of_order",
    "price_of_route",
    "price_of_span",
    "summarise",
    "urgency_s",
    "whole_seconds",
]
