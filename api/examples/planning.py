"""Examples about runs, plans and routes."""

from typing import Any

Example = dict[str, Any]

RUN_IN: Example = {"time_limit_s": 10}

RUN: Example = {
    "id": "run_5",
    "status": "succeeded",
    "automatic": False,
    "requested_at": "2020-03-13T06:31:00+01:00",
    "stopped": False,
    "progress": [{"at_s": 0.8, "cost": 412_300, "unassigned": 4}],
    "plan": "plan_12",
    "cost": 398_120,
    "bound": None,
    "gap": None,
    "error": None,
    "revision": 60,
}

RUN_QUEUED: Example = {**RUN, "status": "queued", "progress": [], "plan": None, "cost": None}

SUMMARY: Example = {
    "cost": 398_120,
    "assigned": 71,
    "unassigned": 3,
    "travel_s": 86_400,
    "travel_m": 912_000,
    "service_s": 301_000,
    "wait_s": 7200,
    "overtime_s": 0,
    "co2_g": 147_700,
    "on_time": None,
    "fairness": {
        "index": 0.97,
        "technicians": [{"technician": "tech_a", "paid_s": 118_000, "travel_s": 14_400, "share": 0.69, "index": 1.04}],
    },
}

PLAN_HEAD: Example = {
    "id": "plan_12",
    "revision": 61,
    "state": "published",
    "from": "2020-03-13",
    "to": "2020-03-20",
    "summary": SUMMARY,
}

STOP: Example = {
    "id": "stop_9f2c",
    "type": "job",
    "job": "job_9f2c",
    "depot": None,
    "place": {"lat": 48.1126, "lon": -1.6829},
    "travel_s": 900,
    "travel_m": 8000,
    "travel_source": "osrm",
    "arrival": "2020-03-16T09:55:00+01:00",
    "start": "2020-03-16T10:05:00+01:00",
    "departure": "2020-03-16T11:35:00+01:00",
    "setup_s": 0,
    "wait_s": 600,
    "people": 1,
    "items": [{"sku": "laptop", "quantity": 2}],
    "pinned": False,
    "on_time_probability": None,
}

CALL: Example = {
    "id": "stop_tech_a_2020-03-16_depot",
    "type": "depot",
    "job": None,
    "depot": "depot_1",
    "place": {"lat": 48.1049, "lon": -1.5239},
    "travel_s": 300,
    "travel_m": 2500,
    "travel_source": "osrm",
    "arrival": "2020-03-16T09:30:00+01:00",
    "start": "2020-03-16T09:30:00+01:00",
    "departure": "2020-03-16T09:40:00+01:00",
    "setup_s": 0,
    "wait_s": 0,
    "people": None,
    "items": [{"sku": "laptop", "quantity": 2}],
    "pinned": False,
    "on_time_probability": None,
}

ROUTE: Example = {
    "technician": "tech_a",
    "date": "2020-03-16",
    "profile": "car",
    "start": "2020-03-16T09:25:00+01:00",
    "end": "2020-03-16T11:50:00+01:00",
    "travel_s": 2100,
    "travel_m": 18_500,
    "setup_s": 0,
    "service_s": 5400,
    "call_s": 600,
    "wait_s": 600,
    "break_s": 0,
    "overtime_s": 0,
    "stops": [CALL, STOP],
    "geometry": {"type": "LineString", "coordinates": [[-1.5239, 48.1049], [-1.6012, 48.1098], [-1.6829, 48.1126]]},
    "geometry_source": "osrm",
}

PLAN: Example = {
    **PLAN_HEAD,
    "routes": [ROUTE],
    "unassigned": [
        {
            "job": "job_77",
            "class": "impossible_alone",
            "reasons": [
                {"code": "no_skill", "technician": None, "date": None, "detail": "Nobody has telephony at level 4."}
            ],
            "counter_offers": None,
        }
    ],
    "disruption": None,
    "outdated": [],
    "check": {"passed": True, "rules": [{"rule": "time_window", "violations": 0}], "not_checked": []},
    "travel_source": "osrm",
    "bound": None,
    "gap": None,
    "engine": "tournee",
    "seed": 1,
    "input_hash": "sha256:5f1d",
}

PUBLISH_IN: Example = {"accept": []}

DAY: Example = {
    **ROUTE,
    "plan": "plan_12",
    "stops": [
        CALL | {"depot_name": "Noyal-sur-Vilaine"},
        {
            **STOP,
            "reference": "K7QF",
            "client": {"name": "Cabinet Le Gall", "phone": "+33 2 99 00 00 00"},
            "address": "4 rue Leperdit, 35000 Rennes",
            "access_notes": "code B12",
            "description": "8 people to work from home",
        },
    ],
}

FEATURES: Example = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": {
                "type": "LineString",
                "coordinates": [[-1.5239, 48.1049], [-1.6012, 48.1098], [-1.6829, 48.1126]],
            },
            "properties": {
                "technician": "tech_a",
                "date": "2020-03-16",
                "feature": "leg",
                "from": CALL["id"],
                "to": STOP["id"],
                "travel_s": 900,
                "travel_m": 8000,
                "travel_source": "osrm",
                "geometry_source": "osrm",
            },
        },
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [-1.6829, 48.1126]},
            "properties": {"technician": "tech_a", "date": "2020-03-16", "feature": "stop", "number": 1}
            | {name: value for name, value in STOP.items() if name != "place"},
        },
    ],
}
