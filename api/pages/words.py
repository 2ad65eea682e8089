"""What the API's words are called on the pages. The words stay English in the code; gettext has the French ones."""

from collections.abc import Mapping

from api.pages.language import gettext


def N_(message: str) -> str:  # noqa: N802  (gettext's name for a message that is translated later)
    """Mark a message for the catalogue."""
    return message


REASONS: Mapping[str, str] = {
    "no_skill": N_("Nobody has the skill"),
    "technician_absent": N_("The technician is away"),
    "technician_forbidden": N_("The technician is ruled out"),
    "window_closed": N_("No common moment"),
    "dates_passed": N_("The dates have passed"),
    "closed": N_("The site is closed"),
    "shift_full": N_("The days are full"),
    "too_long": N_("Too long for a day"),
    "too_far": N_("Too far"),
    "max_travel": N_("Too much travel"),
    "zone": N_("Outside the zones"),
    "no_stock": N_("Out of stock"),
    "over_capacity": N_("Fits in no van"),
    "too_few_people": N_("Too few people"),
    "separation": N_("Bubbles would meet"),
    "waiting_for_other_job": N_("Waits for another job"),
    "pinned_elsewhere": N_("Pinned elsewhere"),
    "frozen": N_("Would move what is frozen"),
    "on_hold": N_("On hold"),
    "no_location": N_("Address not located"),
    "not_planned_yet": N_("Not planned yet"),
    "not_supported_yet": N_("Rule not supported yet"),
    "not_worth_it": N_("Costs more than it brings"),
}
"""Why a job is in no route."""

OUTDATED: Mapping[str, str] = {
    "job_cancelled": N_("Job cancelled"),
    "job_remote": N_("Done from afar now"),
    "job_closed": N_("Done otherwise than planned"),
    "not_found": N_("The job is gone"),
}
"""What else makes a plan untrue; any other word is a rule that it breaks."""


def reason(code: str) -> str:
    """A reason in the visitor's language."""
    return gettext(REASONS.get(code, code))


def untruth(code: str) -> str:
    """What is no longer true, in the visitor's language."""
    found = REASONS.get(code) or OUTDATED.get(code)
    return gettext(found) if found else gettext("Rule broken: %(rule)s") % {"rule": code}
