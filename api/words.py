"""What the words in answers mean; docs/errors.md is made of these tables, tests hold them against the code."""

REASONS = {
    "no_skill": "nobody who may come has a needed skill at the needed level",
    "technician_absent": "somebody could do it but is away",
    "technician_forbidden": "those who could do it are ruled out by name",
    "window_closed": "no shift meets its dates, windows, opening hours and promise",
    "dates_passed": "all its dates or windows have passed",
    "closed": "the site is not open on any of its dates",
    "shift_full": "the shifts that suit have no room left",
    "too_long": "its service is longer than any shift that suits",
    "too_far": "the way there and back leaves no time for it in any shift",
    "max_travel": "a technician's longest travel would be passed",
    "zone": "it lies outside the zones of those who could do it",
    "no_stock": "the goods are neither in a van nor in stock",
    "over_capacity": "no van has room for the goods",
    "too_few_people": "it needs more people together than can be had",
    "separation": "people of different bubbles would meet",
    "waiting_for_other_job": "the job that has to be done first is not planned",
    "pinned_elsewhere": "a pin keeps it off",
    "frozen": "it would move what is frozen",
    "on_hold": "a dispatcher holds it back",
    "no_location": "its address has not been located",
    "not_planned_yet": "it came after the plan was made",
    "not_supported_yet": "it needs a rule that the planner does not obey yet",
    "not_worth_it": "there is room, but it costs more than leaving it out",
}
"""Why a job is in no route: ``unassigned[].reasons[].code``, and ``obstacles[].code``."""

WARNINGS = {
    "rule_not_obeyed": "the planner does not obey this rule yet; the job stays out of plans",
    "skill_unknown": "nobody has the skill at that level",
    "item_unknown": "the kind needs an item that does not exist yet",
    "no_location": "the address has not been located",
    "geocoder_unavailable": "the geocoder did not answer; the address waits",
    "too_long": "the service is longer than anybody's shift",
    "too_far": "the way there and back is longer than anybody's shift",
    "closed": "the site is not open on any of the dates",
    "window_closed": "its dates, opening hours and windows leave no common moment",
    "dates_passed": "all its dates or windows have passed",
    "nobody_works": "nobody works on the dates",
    "no_stock": "the goods are neither in a van nor in stock",
    "over_capacity": "no van has room for the goods",
}
"""What is odd about a job that is kept all the same: ``warnings[].code``."""

ATTENTION = {
    "no_location": "locate the address: PATCH lat and lon",
    "to_call": "nobody knows whether there is a security appliance: call the client",
    "dates_passed": "all its dates have passed: agree on others",
    "could_not_do": "the technician could not do it: plan it again",
    "unreported": "its time has passed and nobody has said what became of it",
    "promise_at_risk": "the plan does not keep its promise",
    "on_hold": "somebody holds it back",
}
"""What a dispatcher has to settle: ``attention[].code``."""
