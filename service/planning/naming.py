"""What the planner says in ids and seconds, in a dispatcher's words: names, references, local times."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from service.planning.data import PlanningData
from service.planning.horizon import Horizon

ID = re.compile(r"\b[A-Za-z]+_\w+(?:/\d{4}-\d\d-\d\d)?")
MOMENT = re.compile(r"\b(at|from|to|by) (\d{3,})(?![-\d])(?: s\b)?")
SPAN = re.compile(r"\b(\d+) s\b")
UNSAID = re.compile(r" at place \d+| of bubble /\S+")
"""Numbers of places, and the bubbles of those who have none."""


@dataclass(frozen=True)
class Names:
    """What technicians, jobs and depots are called, by id."""

    horizon: Horizon
    names: Mapping[str, str]

    @classmethod
    def of(cls, data: PlanningData, horizon: Horizon, more: Mapping[str, str] | None = None) -> "Names":
        """Those of the data; ``more``: references of jobs that are not among them."""
        names = {one.id: one.name for one in data.technicians}
        names |= {job: f"job {reference}" for job, reference in _references(data, more).items()}
        return cls(horizon, names | {one.id: one.name for one in data.depots.values()})

    @classmethod
    def hidden(cls, data: PlanningData, horizon: Horizon, more: Mapping[str, str] | None = None) -> "Names":
        """For somebody who may know of nobody: a portal."""
        names = {one.id: "somebody" for one in data.technicians}
        names |= dict.fromkeys(_references(data, more), "another job")
        return cls(horizon, names | dict.fromkeys(data.depots, "the depot"))

    def in_words(self, detail: str) -> str:
        """A detail without ids and seconds."""
        told = MOMENT.sub(lambda found: f"{found[1]} {self._moment(int(found[2]))}", UNSAID.sub("", detail))
        return SPAN.sub(lambda found: _length(int(found[1])), ID.sub(self._name, told))

    def _name(self, found: re.Match[str]) -> str:
        name, _, day = found[0].partition("/")
        known = self.names.get(name)
        if known is None:
            return found[0]
        return f"{known} on {day}" if day else known

    def _moment(self, seconds: int) -> str:
        return f"{self.horizon.at(seconds).astimezone(self.horizon.zone):%Y-%m-%d %H:%M}"


def _length(seconds: int) -> str:
    return f"{seconds // 60} min" if seconds % 60 == 0 else f"{seconds} s"


def _references(data: PlanningData, more: Mapping[str, str] | None) -> dict[str, str]:
    return {**(more or {}), **{job.id: job.reference for job in (*data.named.values(), *data.jobs)}}
