"""Examples about technicians, absences, depots, items, stock and the rule of bubbles."""

from typing import Any

Example = dict[str, Any]

CONTRADICTION: Example = {
    "code": "separation",
    "pointer": "/people",
    "detail": "Job K7QF needs 2 people, and all who have network at level 3 are in different bubbles.",
    "jobs": ["job_9f2c"],
}

TECHNICIAN_IN: Example = {
    "name": "Maëlle Jaouen",
    "skills": [{"name": "network", "level": 2, "speed": 1.0}],
    "home": {"lat": 48.1173, "lon": -1.6778},
    "start": "home",
    "end": "home",
    "profile": "car",
    "week": [
        {
            "days": ["mon", "tue", "wed", "thu", "fri"],
            "start": "08:00",
            "end": "17:30",
            "overtime_s": 3600,
            "break": {"earliest": "11:30", "latest": "13:15", "length_s": 2700},
        }
    ],
    "bubble": "A",
    "field_work": "normal",
    "carries": {"laptop": 4},
    "van": {"laptop": 1},
    "max_travel_s": None,
    "zone": None,
    "holidays": False,
}

TECHNICIAN: Example = {"id": "tech_a", **TECHNICIAN_IN, "revision": 12}

TECHNICIAN_CHANGED: Example = {**TECHNICIAN, "issues": [CONTRADICTION], "outdated": []}

TECHNICIAN_PATCH: Example = {"bubble": None, "van": {"laptop": 2}}

ABSENCE_IN: Example = {
    "technicians": ["tech_a"],
    "from": "2020-03-16T00:00:00+01:00",
    "to": "2020-03-18T00:00:00+01:00",
    "kind": "away",
    "note": "childcare",
}

ABSENCE: Example = {"id": "absence_3", **ABSENCE_IN, "revision": 48}

ABSENCE_POSTED: Example = {
    **ABSENCE,
    "stops": [
        {
            "technician": "tech_a",
            "date": "2020-03-16",
            "job": "job_9f2c",
            "reference": "K7QF",
            "start": "2020-03-16T10:05:00+01:00",
        }
    ],
    "outdated": [{"code": "technician_absent", "detail": "Maëlle Jaouen is away.", "jobs": ["job_9f2c"]}],
}

DEPOT_IN: Example = {"name": "Noyal-sur-Vilaine", "lat": 48.1089, "lon": -1.5236, "call_s": 600}

DEPOT: Example = {"id": "depot_1", **DEPOT_IN, "revision": 3}

DEPOT_CHANGED: Example = {**DEPOT, "outdated": []}

DEPOT_PATCH: Example = {"call_s": 300}

ITEM_IN: Example = {"name": "Laptop", "kind": "part", "returned_after_days": None}

ITEM: Example = {"sku": "laptop", **ITEM_IN, "revision": 5}

ITEM_CHANGED: Example = {**ITEM, "outdated": []}

STOCK_IN: Example = {"on_hand": 6, "arrivals": [{"at": "2020-03-17T09:00:00+01:00", "quantity": 10}]}

STOCK: Example = {"depot": "depot_1", "sku": "laptop", **STOCK_IN, "revision": 6}

STOCK_CHANGED: Example = {**STOCK, "outdated": []}

SEPARATION_IN: Example = {
    "scope": ["site", "depot"],
    "radius_m": 50,
    "buffer_s": 1800,
    "from": "2020-03-16",
    "others": "free",
    "same_day": False,
    "price": None,
}

SEPARATION: Example = {**SEPARATION_IN, "revision": 50}

SEPARATION_CHANGED: Example = {**SEPARATION, "issues": [CONTRADICTION], "outdated": []}

RESERVE_IN: Example = {
    "skill": "network",
    "level": 3,
    "least": 1,
    "within_s": 1800,
    "depot": "depot_1",
    "price": 7200,
    "from": "2020-03-16",
    "split": "13:00",
}

RESERVE: Example = {"name": "network-at-hand", **RESERVE_IN, "revision": 51}

RESERVE_CHANGED: Example = {**RESERVE, "warnings": [], "outdated": []}

FACES_IN: Example = {"client": "C-117", "most": 2}

FACES: Example = {"name": "le-gall", "client": "C-117", "jobs": [], "most": 2, "revision": 52}

FACES_CHANGED: Example = {**FACES, "outdated": []}
