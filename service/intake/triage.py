"""Remote or on site, and why."""

from service.store.tables import Handling, JobRow

DETAILS = {
    "no_appliance": "There is no security appliance on site: nobody can help from afar.",
    "appliance_unknown": "Nobody knows whether there is a security appliance: call the client; until then a visit.",
    "delivery": "Something has to be delivered.",
    "kind_needs_visit": "This kind of job cannot be done from afar.",
    "remote_possible": "There is a security appliance, and this kind of job can be done from afar.",
    "overruled": "A dispatcher decided.",
}


def triage(appliance: bool | None, kind_remote: bool, delivers: bool) -> tuple[Handling, str]:
    """How a job is handled, and the reason's code."""
    if appliance is None:
        return Handling.ON_SITE, "appliance_unknown"
    if not appliance:
        return Handling.ON_SITE, "no_appliance"
    if delivers:
        return Handling.ON_SITE, "delivery"
    if not kind_remote:
        return Handling.ON_SITE, "kind_needs_visit"
    return Handling.REMOTE, "remote_possible"


def triage_detail(job: JobRow) -> str:
    """The reason in words, with the dispatcher's note where one decided."""
    note = f" {job.handling_note}" if job.triage_reason == "overruled" and job.handling_note else ""
    return DETAILS[job.triage_reason] + note
