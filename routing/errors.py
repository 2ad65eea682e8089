"""What can be wrong with an input, and what can go wrong in a solve."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Issue:
    """One fault in what was sent in.

    Parameters
    ----------
    code
        A word of the contract's list of error codes, e.g. ``too_small``.
    path
        Where the fault is, as an RFC 6901 pointer into the value, e.g. ``/visits/3/service_s``.
    message
        What is wrong.
    action
        What to do about it.
    """

    code: str
    path: str
    message: str
    action: str


class InvalidProblem(ValueError):
    """The value was refused; ``issues`` names every fault at once."""

    def __init__(self, issues: tuple[Issue, ...]) -> None:
        super().__init__("; ".join(f"{issue.path}: {issue.message}" for issue in issues))
        self.issues = issues


class SolverFailed(RuntimeError):
    """The engine ended without a plan that keeps every rule."""
