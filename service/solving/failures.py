"""How a run can fail: the problem types of ``error`` in GET /v1/optimisations/{id}."""

from collections.abc import Sequence
from dataclasses import dataclass

from routing.errors import Issue
from service.store.tables import Json

TYPE_PREFIX = "urn:tournee:problem:"


@dataclass(frozen=True, slots=True)
class Failure:
    """One way to fail: the end of the problem's ``type``, its title, and what it means."""

    slug: str
    title: str
    meaning: str

    def problem(self, detail: str, issues: Sequence[Issue] = ()) -> Json:
        """The problem document (RFC 9457) of a run that failed so."""
        document: Json = {"type": TYPE_PREFIX + self.slug, "title": self.title, "detail": detail}
        if issues:
            document["errors"] = [
                {"pointer": issue.path, "code": issue.code, "detail": issue.message, "action": issue.action}
                for issue in issues
            ]
        return document


SOLVER_CRASHED = Failure(
    "solver-crashed", "The solver crashed", "its process died three times, or took the whole worker down each time"
)
OUT_OF_MEMORY = Failure(
    "out-of-memory", "The solve needs more memory", "plan fewer days or jobs, or raise TOURNEE_SOLVER_MEMORY_MB"
)
SOLVER_TIMEOUT = Failure("solver-timeout", "No plan in time", "no plan was found within the time limit; give it more")
SOLVER_FAILED = Failure("solver-failed", "No valid plan", "what the solver found breaks a rule and was thrown away")
INVALID_PROBLEM = Failure(
    "invalid-problem",
    "The data contradict each other",
    "`errors` says where; nothing can be planned until it is mended",
)
INTERNAL_ERROR = Failure("internal-error", "Something went wrong here", "the service's log has the details")

FAILURES = (SOLVER_CRASHED, OUT_OF_MEMORY, SOLVER_TIMEOUT, SOLVER_FAILED, INVALID_PROBLEM, INTERNAL_ERROR)

BY_SLUG = {failure.slug: failure for failure in FAILURES}
