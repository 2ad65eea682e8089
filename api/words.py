"""What the words in answers mean; docs/errors.md is made of these tables, tests hold them against the code."""

REASONS = {
    "no_skill": "nobody who may come has a needed skill at the needed level",
    "technician_absent": "somebody could do it but is away",
    "technician_forbidden": "those who could do it are ruled out by name, as one face too many, or as not the same one",
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
    "waiting_for_other_job": "the job that has to be done first is not planned, or leaves no time for it",
    "pinned_elsewhere": "a pin keeps it off",
    "frozen": "it would move what is frozen",
    "on_hold": "a dispatcher holds it back",
    "no_location": "its address has not been located",
    "not_planned_yet": "it came after the plan was made",
    "not_supported_yet": "it needs a rule that the planner does not obey yet",
    "not_worth_it": "there is room, but it costs more than leaving it out",
}
"""Why a job is in no route: ``unassigned[].reasons[].code``, and ``obstacles[].code``."""

OBSTACLES = {
    "no_plan_yet": "nothing has been published that it could fit into",
    "job_closed": "the job is begun or over",
}
"""What else keeps a job from having any ``fits``: ``obstacles[].code``."""

RULES = {
    "coverage": "every job is in one route or left out, and every route is one of a shift",
    "travel": "every leg takes its time, between the places where the stops are",
    "service": "a job takes as long as it takes that technician",
    "time_window": "service begins and ends within dates, opening hours, windows and promise",
    "shift": "a route lies within the working hours and the overtime",
    "break": "the break is taken, at its time, between stops",
    "skill": "the technician has the skills at their levels",
    "technician": "the technician is among those who may do the job",
    "zone": "the job lies in the technician's zone",
    "goods": "the goods are in the van by then",
    "depot": "at most one call at a depot, as long as it takes, for what the rest of the route needs",
    "max_travel": "the technician is not longer on the way than allowed",
    "pin": "a pinned job stands where its pin says",
    "team": "as many people as are needed begin at the same second, and have the skills between them",
    "after": "the job before is over, and its gaps are kept",
    "faces": "no more different technicians than are allowed",
    "separation": "people of different bubbles do not meet",
    "stock": "no more is picked up than lies at the depot by then",
    "capacity": "the van has room for what is picked up",
    "facts": "what has happened stays as it was",
    "summary": "the totals are those of the routes",
}
"""Rules that every plan is checked by: ``check.rules[].rule``; a broken one is a code of ``outdated`` too."""

OUTDATED = {
    "not_planned_yet": "the job came after the plan was made",
    "job_cancelled": "the job was cancelled",
    "job_remote": "the job is done from afar now",
    "job_closed": "the job was begun or done otherwise than planned",
    "technician_absent": "the technician is away, or has left",
    "not_found": "the job does not exist",
}
"""What else makes a published plan untrue: ``outdated[].code``."""

WARNINGS = {
    "skill_unknown": "nobody has the skill at that level",
    "item_unknown": "the kind needs an item that does not exist yet",
    "no_location": "the address has not been located",
    "geocoder_unavailable": "the geocoder did not answer; the address waits, or was found on this machine",
    "too_long": "the service is longer than anybody's shift",
    "too_far": "the way there and back is longer than anybody's shift",
    "off_road": "the site is far from any road: what lies between is estimated",
    "road_island": "the road at the site is not connected to the others: the way there is estimated",
    "outside_roads": "the site lies outside the roads that are known: the way there is estimated",
    "closed": "the site is not open on any of the dates",
    "window_closed": "its dates, opening hours and windows leave no common moment",
    "dates_passed": "all its dates or windows have passed",
    "nobody_works": "nobody works on the dates",
    "no_stock": "the goods are neither in a van nor in stock",
    "over_capacity": "no van has room for the goods",
    "too_few_people": "fewer people have the skill than are to stay at hand",
}
"""What is odd about a job or a reserve that is kept all the same: ``warnings[].code``."""

ATTENTION = {
    "no_location": "locate the address: PATCH lat and lon",
    "poor_match": "look whether it was located rightly, by its street or with doubt: PATCH lat and lon, or the address",
    "to_call": "nobody knows whether there is a security appliance: call the client",
    "dates_passed": "all its dates have passed: agree on others",
    "could_not_do": "the technician could not do it: plan it again",
    "unreported": "its time has passed and nobody has said what became of it",
    "promise_at_risk": "the plan does not keep its promise",
    "on_hold": "somebody holds it back",
}
"""What a dispatcher has to settle: ``attention[].code``."""
