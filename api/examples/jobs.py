"""Examples about jobs, sites and kinds."""

from typing import Any

Example = dict[str, Any]

OUTDATED: Example = {
    "code": "technician_absent",
    "detail": "Maëlle Jaouen is away on 2020-03-16.",
    "jobs": ["job_9f2c"],
}

JOB_IN: Example = {
    "external_ref": "web-0042",
    "client": {
        "ref": "C-117",
        "name": "Cabinet Le Gall",
        "phone": "+33 2 99 00 00 00",
        "email": "contact@example.org",
    },
    "site": {
        "ref": "C-117/1",
        "address": "4 rue Leperdit, 35000 Rennes",
        "lat": 48.1126,
        "lon": -1.6829,
        "security_appliance": False,
        "access_notes": "code B12",
        "hours": [{"days": ["mon", "tue"], "open": "10:00", "close": "12:00"}],
    },
    "kind": "vpn_setup",
    "description": "8 people to work from home",
    "service_s": 5400,
    "skills": [{"name": "network", "level": 2}],
    "priority": 70,
    "dates": ["2020-03-16", "2020-03-17"],
    "time_windows": [{"earliest": "2020-03-16T09:00:00+01:00", "latest": "2020-03-16T12:00:00+01:00"}],
    "deadline": "2020-03-18T18:00:00+01:00",
    "items": [{"sku": "laptop", "quantity": 2, "returned_after_days": 14}],
    "technicians": {"required": [], "preferred": ["tech_a"], "forbidden": []},
    "people": 1,
    "after": [],
}

JOB: Example = {
    **JOB_IN,
    "id": "job_9f2c",
    "reference": "K7QF",
    "state": "received",
    "revision": 41,
    "site": JOB_IN["site"] | {"match": None},
    "handling": "on_site",
    "handling_note": "",
    "hold": None,
    "attempts": 0,
    "triage": {
        "handling": "on_site",
        "reason": "no_appliance",
        "detail": "There is no security appliance on site: nobody can help from afar.",
    },
    "appointment": None,
    "warnings": [],
    "attention": [],
    "track_url": "http://127.0.0.1:8080/track/u4v0",
}

FIT: Example = {
    "date": "2020-03-16",
    "start": "2020-03-16T10:05:00+01:00",
    "technician": "tech_a",
    "extra_travel_s": 540,
    "depot": None,
    "others": [],
}

CONTRADICTION: Example = {
    "code": "inconsistent",
    "pointer": "/people",
    "detail": "3 people are to do it, 2 may (Anna, Bert): ask for fewer people, or let more of them do it",
    "jobs": ["job_9f2c"],
}

JOB_POSTED: Example = {**JOB, "fits": [FIT], "obstacles": [], "issues": []}

JOB_PATCH: Example = {
    "priority": 80,
    "site": {"lat": 48.1127, "lon": -1.6831},
    "people": 3,
    "after": [{"job": "web-0041", "gap_s": 3600, "most_gap_s": None, "same_technician": True}],
}

JOB_CHANGED: Example = {**JOB, "revision": 44, "outdated": []}

JOB_PATCHED: Example = {
    **JOB,
    "priority": 80,
    "people": 3,
    "after": [{"job": "job_8e1b", "gap_s": 3600, "most_gap_s": None, "same_technician": True}],
    "revision": 44,
    "issues": [CONTRADICTION],
    "outdated": [],
}

JOB_CANCELLED: Example = {**JOB, "state": "cancelled", "revision": 45, "outdated": []}

FITS: Example = {"job": "job_9f2c", "fits": [FIT], "obstacles": []}

BATCH_IN: Example = {"jobs": [JOB_IN]}

BATCH: Example = {"items": [JOB]}

CSV = (
    "external_ref;client.name;site.address;kind;dates;priority\n"
    'web-0042;Cabinet Le Gall;"4 rue Leperdit, 35000 Rennes";vpn_setup;2020-03-16 2020-03-17;70\n'
)

IMPORT: Example = {"rows": 1, "created": 1, "dry_run": False, "errors": []}

PROMISE_IN: Example = {"earliest": "2020-03-16T10:00:00+01:00", "latest": "2020-03-16T11:00:00+01:00"}

PROMISED: Example = {
    **JOB,
    "state": "promised",
    "revision": 46,
    "outdated": [],
    "appointment": {"date": "2020-03-16", **PROMISE_IN, "arrival": None, "promised": True},
}

SITE: Example = {
    "id": "site_5c1e",
    "ref": "C-117/1",
    "client": JOB_IN["client"],
    "address": "4 rue Leperdit, 35000 Rennes",
    "lat": 48.1126,
    "lon": -1.6829,
    "located_by": "caller",
    "match": None,
    "security_appliance": False,
    "access_notes": "code B12",
    "hours": [{"days": ["mon", "tue"], "open": "10:00", "close": "12:00"}],
    "revision": 41,
}

SITE_PATCH: Example = {"security_appliance": True}

SITE_CHANGED: Example = {**SITE, "security_appliance": True, "revision": 47, "outdated": []}

KIND_IN: Example = {
    "title": "VPN for people at home",
    "service_s": 5400,
    "skills": [{"name": "network", "level": 2}],
    "items": [],
    "remote": True,
}

KIND: Example = {"name": "vpn_setup", **KIND_IN, "revision": 4}

DROPPED: Example = {"outdated": [OUTDATED]}
