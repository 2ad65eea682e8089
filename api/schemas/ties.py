"""What may be sent about reserves and faces."""

from typing import Any

from marshmallow import validates_schema

from api.faults import refusal
from api.fields import Day, ListOf, Name, Ref, TimeOfDay, Whole, Word
from api.schemas.base import In, Json
from api.schemas.planning import MAX_PRICE_S

MAX_JOBS = 500
MAX_WITHIN_S = 4 * 3600
MAX_TECHNICIANS = 200


class ReserveIn(In):
    """Holders of a skill who should stay at hand, at home or near a depot, in each half-day."""

    name = Word(metadata={"description": "the same as in the address"})
    skill = Name(64, required=True)
    level = Whole(1, 5, allow_none=True, metadata={"default": 1, "description": "at least"})
    least = Whole(1, MAX_TECHNICIANS, allow_none=True, metadata={"default": 1, "description": "so many stay at hand"})
    within_s = Whole(
        0, MAX_WITHIN_S, allow_none=True, metadata={"default": 1800, "description": "near: so far from the depot"}
    )
    depot = Name(64, allow_none=True, metadata={"description": "an id; null: no place is near"})
    price = Whole(
        1,
        MAX_PRICE_S,
        allow_none=True,
        metadata={"default": 7200, "description": "seconds of paid time for each one too few in a half-day"},
    )
    from_ = Day(data_key="from", attribute="from", allow_none=True, metadata={"description": "null: at once"})
    split = TimeOfDay(allow_none=True, metadata={"default": "13:00", "description": "local, between the half-days"})


class FacesIn(In):
    """How many different technicians a client, or those who wait for a set of jobs, see at most."""

    name = Word(metadata={"description": "the same as in the address"})
    client = Ref(allow_none=True, metadata={"description": "the ref of a client; or jobs"})
    jobs = ListOf(
        Name(128), MAX_JOBS, key=lambda name: name, allow_none=True, metadata={"description": "ids or external_refs"}
    )
    most = Whole(1, MAX_TECHNICIANS, allow_none=True, metadata={"default": 1, "description": "1: always the same"})

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def _check_either(self, _: Json, original: Any, **__: Any) -> None:
        given = [name for name in ("client", "jobs") if isinstance(original, dict) and original.get(name)]
        if len(given) == 2:
            raise refusal("inconsistent", "A client or jobs, not both.", "jobs")
        if not given:
            raise refusal("required", "A client, or jobs, is needed.", "jobs")
