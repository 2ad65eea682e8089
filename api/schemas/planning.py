"""What may be sent about runs, plans, promises and the rule of bubbles."""

from typing import Any

from marshmallow import validates_schema

from api.faults import refusal
from api.fields import Choice, Day, Flag, Instant, ListOf, Name, Whole
from api.schemas.base import In, Json

MAX_SEED = 2**31 - 1
MAX_PRICE_S = 10_000_000


class RunIn(In):
    """What to plan; an empty object does what the board's button does."""

    from_ = Day(data_key="from", attribute="from", metadata={"description": "default: today"})
    to = Day(metadata={"description": "default: from + 7 days; at most 31 days"})
    time_limit_s = Whole(1, 300, metadata={"default": 10})
    seed = Whole(0, MAX_SEED, metadata={"default": 1})
    engine = Choice("tournee", "ortools", metadata={"default": "tournee"})
    publish = Flag(metadata={"default": False, "description": "publish the plan if it still holds when it is found"})
    freeze_until = Instant(allow_none=True, metadata={"description": "nothing before may move; default: now"})
    only_technicians = ListOf(Name(64), 200, shortest=1, key=lambda name: name, allow_none=True)
    max_moved_promises = Whole(0, 10_000, metadata={"default": 0})
    max_moved = Whole(0, 100_000, allow_none=True)


class PublishIn(In):
    """Broken rules to live with, as `job/rule`."""

    accept = ListOf(Name(200), 500, load_default=list)


class PromiseIn(In):
    """When service begins, both ends allowed."""

    earliest = Instant(required=True)
    latest = Instant(required=True)

    @validates_schema(skip_on_field_errors=True)
    def _check(self, data: Json, **_: Any) -> None:
        if data["earliest"] > data["latest"]:
            raise refusal("inconsistent", "Ends before it begins.", "latest")


class SeparationIn(In):
    """Technicians of different bubbles never meet."""

    scope = ListOf(
        Choice("site", "depot"), 2, shortest=1, key=lambda word: word, metadata={"default": ["site", "depot"]}
    )
    radius_m = Whole(0, 10_000, metadata={"default": 50})
    buffer_s = Whole(0, 86_400, metadata={"default": 1800})
    from_ = Day(data_key="from", attribute="from", metadata={"description": "default: today"})
    others = Choice("free", "own", metadata={"default": "free", "description": "people without a bubble"})
    same_day = Flag(
        metadata={"default": False, "description": "true: moreover never at the same place on the same day"}
    )
    price = Whole(
        1,
        MAX_PRICE_S,
        allow_none=True,
        metadata={"description": "seconds of paid time that a meeting costs; null: none may be"},
    )
