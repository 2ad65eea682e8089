"""Plans routes for field technicians. Pure: values in, values out.

Here are the values, the judge and the places for one visit. ``routing.timetable`` computes times, ``routing.solver``
plans; importing this package loads neither an engine nor its libraries.
"""

from routing.errors import InvalidProblem, Issue, SolverFailed
from routing.fit import Fit, Place, explain, fit
from routing.matrix import Matrix
from routing.objective import summarise
from routing.plan import (
    Plan,
    Reason,
    ReasonCode,
    Route,
    Stop,
    StopKind,
    Summary,
    Unassigned,
    UnassignedClass,
)
from routing.problem import (
    Break,
    Depot,
    Fact,
    ItemNeed,
    Location,
    Metres,
    Pin,
    Problem,
    Seconds,
    Shift,
    Skill,
    SkillNeed,
    Technician,
    TimeWindow,
    Visit,
    Weights,
)
from routing.rules import RULES, Check, RuleCheck, Violation, check
from routing.ties import After, Arrival, Faces, History, Reserve, Separation, Stock
from routing.timetable import timetable

__all__ = [
    "RULES",
    "After",
    "Arrival",
    "Break",
    "Check",
    "Depot",
    "Faces",
    "Fact",
    "Fit",
    "History",
    "InvalidProblem",
    "Issue",
    "ItemNeed",
    "Location",
    "Matrix",
    "Metres",
    "Pin",
    "Place",
    "Plan",
    "Problem",
    "Reason",
    "ReasonCode",
    "Reserve",
    "Route",
    "RuleCheck",
    "Seconds",
    "Separation",
    "Shift",
    "Skill",
    "SkillNeed",
    "SolverFailed",
    "Stock",
    "Stop",
    "StopKind",
    "Summary",
    "Technician",
    "TimeWindow",
    "Unassigned",
    "UnassignedClass",
    "Violation",
    "Visit",
    "Weights",
    "check",
    "explain",
    "fit",
    "summarise",
    "timetable",
]
