"""Batches of which the good jobs are kept: every entry for itself, its faults beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from marshmallow import fields

from api.errors import list_faults
from api.fields import ListOf
from api.schemas.base import In, Json, read
from api.schemas.jobs import MAX_BATCH, JobIn
from service.answers import Answer
from service.errors import Issue

Entry = Json | list[Issue]
"""A checked document, or all its faults."""

JOB = JobIn()


class Attempt(fields.Field[Entry]):
    """A job or its faults, never a refusal."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> Entry:  # noqa: ARG002
        issues: list[Issue] = []
        loaded = read(JOB, value, issues)
        return issues or loaded


class LenientBatchIn(In):
    """A batch that is never refused for one of its jobs."""

    jobs = ListOf(Attempt(allow_none=False), MAX_BATCH, shortest=1, required=True)


def good_ones(entries: Sequence[Entry]) -> list[Json]:
    """The documents among the entries."""
    return [entry for entry in entries if isinstance(entry, dict)]


def with_faults(answer: Answer, entries: Sequence[Entry]) -> Answer:
    """The answer for the good ones, with those that were no documents back in their places."""
    done = iter(answer.body["items"])
    items = [
        next(done) if isinstance(entry, dict) else {"status": 422, "job": None, "errors": list_faults(entry)}
        for entry in entries
    ]
    return replace(answer, body={"items": items})
