"""Remote or on site."""

import pytest

from service.intake.triage import DETAILS, triage, triage_detail
from service.store.tables import Handling
from tests.service.rows import a_job_row


@pytest.mark.parametrize(
    ("appliance", "kind_remote", "delivers", "expected"),
    [
        (False, True, False, (Handling.ON_SITE, "no_appliance")),
        (False, False, True, (Handling.ON_SITE, "no_appliance")),
        (None, True, False, (Handling.ON_SITE, "appliance_unknown")),
        (None, False, True, (Handling.ON_SITE, "appliance_unknown")),
        (True, True, True, (Handling.ON_SITE, "delivery")),
        (True, False, True, (Handling.ON_SITE, "delivery")),
        (True, False, False, (Handling.ON_SITE, "kind_needs_visit")),
        (True, True, False, (Handling.REMOTE, "remote_possible")),
    ],
)
def test_triage_names_handling_and_reason(
    appliance: bool | None, kind_remote: bool, delivers: bool, expected: tuple[Handling, str]
) -> None:
    assert triage(appliance, kind_remote, delivers) == expected
    assert expected[1] in DETAILS


def test_detail_holds_the_note_of_whoever_overruled() -> None:
    assert triage_detail(a_job_row(triage_reason="no_appliance", handling_note="old")) == DETAILS["no_appliance"]
    overruled = a_job_row(triage_reason="overruled", handling_note="The client insists.")
    assert triage_detail(overruled) == "A dispatcher decided. The client insists."
    assert triage_detail(a_job_row(triage_reason="overruled")) == "A dispatcher decided."
