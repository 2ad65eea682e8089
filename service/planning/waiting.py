"""Jobs that come after other jobs: as a tie where the planner plans both, as a window where the other one stands."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from math import floor
from zoneinfo import ZoneInfo

from routing import Seconds
from routing.plan import Reason, ReasonCode
from routing.ties import After
from service.instants import instant
from service.planning.documents import Document, moment
from service.planning.windows import Opening
from service.store.tables import Handling, JobRow, JobState, Json

FASTEST = 2.0
"""Nobody is faster than the contract allows."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a job stands that the problem does not plan; ``end`` None: it is over, nobody knows since when."""

    start: datetime | None
    end: datetime | None
    technicians: frozenset[str]


@dataclass(frozen=True, slots=True)
class Wait:
    """What other jobs ask of one: ties to those that are planned with it, bounds by those that are not.

    ``start``: from and until when it may begin; ``over``: until when it must be over. ``required``: the technicians of
    whom one must do it, None where nothing changes what the job says itself. ``others``: whom the bounds come from.
    """

    after: tuple[After, ...] = ()
    start: tuple[datetime | None, datetime | None] = (None, None)
    over: datetime | None = None
    required: frozenset[str] | None = None
    others: tuple[str, ...] = ()

    def within(self, openings: Sequence[Opening]) -> list[Opening] | Reason:
        """The openings as far as the bounds leave them, or that they leave none."""
        found = [cut for one in openings if (cut := self._cut(one)) is not None]
        if found or not openings:
            return found
        detail = f"What it may not begin before or after leaves no moment: {', '.join(self.others)}."
        return Reason(ReasonCode.WAITING_FOR_OTHER_JOB, detail)

    def _cut(self, opening: Opening) -> Opening | None:
        earliest = max(one for one in (opening.earliest, self.start[0]) if one is not None)
        latest = min(one for one in (opening.latest, self.start[1]) if one is not None)
        ends = [one for one in (opening.close, self.over) if one is not None]
        close = min(ends) if ends else None
        if earliest > latest or (close is not None and close <= earliest):
            return None
        return replace(opening, earliest=earliest, latest=latest, close=close)


NO_WAIT = Wait()
"""Nothing."""


def places_in(routes: Iterable[Document]) -> dict[str, Place]:
    """Where each job of these routes stands."""
    found: dict[str, Place] = {}
    for route in routes:
        for stop in route["stops"]:
            if stop["job"]:
                old = found.get(stop["job"])
                end = moment(stop["departure"])
                who = frozenset({route["technician"]})
                found[stop["job"]] = (
                    Place(moment(stop["start"]), end, who)
                    if old is None
                    else Place(old.start, max(end, old.end or end), old.technicians | who)
                )
    return found


@dataclass(frozen=True)
class Waiting:
    """Who waits for whom among the jobs of one problem.

    ``rows``: every job that is named; ``elsewhere``: where those stand that the problem does not plan.
    """

    zone: ZoneInfo
    rows: Mapping[str, JobRow]
    elsewhere: Mapping[str, Place]
    fixed: Collection[str] = ()
    """Of ``elsewhere``, those that will be done as they stand, and so bind what must come before them."""

    def settle(
        self,
        openings: Mapping[str, Sequence[Opening]],
        standing: Collection[str],
        out: Mapping[str, Reason],
    ) -> "Settled":
        """What is asked of the jobs with these openings, as far as they can be planned; ``out``: why others are not.

        A job falls out with the one that it waits for, and so on down the line. Jobs that wait for each other in a
        circle can never begin.
        """
        left, reasons = dict(openings), dict(out)
        while True:
            waits: dict[str, Wait] = {}
            found: dict[str, list[Opening]] = {}
            lost: dict[str, Reason] = {}
            planned = {*left, *standing}
            for name, spans in left.items():
                wait = self.wait(self.rows[name], planned, reasons)
                cut = wait if isinstance(wait, Reason) else wait.within(spans)
                if isinstance(cut, Reason):
                    lost[name] = cut
                elif isinstance(wait, Wait):
                    waits[name], found[name] = wait, cut
            lost = lost or self._circles(waits)
            if not lost:
                return Settled(waits, found, {name: reasons[name] for name in openings if name in reasons})
            reasons.update(lost)
            left = {name: spans for name, spans in left.items() if name not in lost}

    def wait(self, job: JobRow, planned: Collection[str], out: Mapping[str, Reason]) -> Wait | Reason:
        """What other jobs ask of this one; ``planned``: those that the problem has too."""
        wait = NO_WAIT
        for entry in job.after:
            name = entry["job"]
            if name in planned:
                wait = replace(wait, after=(*wait.after, _after(entry)))
            elif (place := self._place(name)) is not None:
                wait = self._behind(wait, job, entry, place)
            elif not self._is_done(name):
                detail = f"It comes after job {self._name(name)}, {self._why_not(name, out)}."
                return Reason(ReasonCode.WAITING_FOR_OTHER_JOB, detail)
        for name, entry in self._followers.get(job.id, ()):
            if name not in planned:
                wait = self._ahead(wait, job, entry, name)
        if wait.required == frozenset():
            detail = f"Nobody who may do it is the one who has to: {', '.join(wait.others)}."
            return Reason(ReasonCode.WAITING_FOR_OTHER_JOB, detail)
        return wait

    @cached_property
    def _followers(self) -> dict[str, list[tuple[str, Json]]]:
        """Job -> those that stand elsewhere and come after it."""
        found: dict[str, list[tuple[str, Json]]] = defaultdict(list)
        for name in self.fixed:
            for entry in self.rows[name].after if name in self.rows else ():
                found[entry["job"]].append((name, entry))
        return found

    def _behind(self, wait: Wait, job: JobRow, entry: Json, place: Place) -> Wait:
        """The bounds of one that stands and comes before."""
        words = f"it comes after job {self._name(entry['job'])}"
        if place.end is not None:
            most = entry.get("most_gap_s")
            earliest = place.end + timedelta(seconds=entry.get("gap_s") or 0)
            latest = None if most is None else place.end + timedelta(seconds=most)
            wait = replace(wait, start=_meet(wait.start, earliest, latest))
            words += f", over at {instant(place.end, self.zone)}"
        return _by_same(replace(wait, others=(*wait.others, words)), job, entry, place)

    def _ahead(self, wait: Wait, job: JobRow, entry: Json, name: str) -> Wait:
        """The bounds of one that stands and comes after: this one may neither be late nor come too long before."""
        place = self.elsewhere[name]
        if place.start is None:
            return wait
        over = place.start - timedelta(seconds=entry.get("gap_s") or 0)
        wait = replace(wait, over=over if wait.over is None else min(wait.over, over))
        most = entry.get("most_gap_s")
        if most is not None:
            shortest = job.service_s if job.people > 1 else floor(job.service_s / FASTEST)
            earliest = place.start - timedelta(seconds=most + shortest)
            wait = replace(wait, start=_meet(wait.start, earliest, None))
        words = f"job {self._name(name)} comes after it at {instant(place.start, self.zone)}"
        return _by_same(replace(wait, others=(*wait.others, words)), job, entry, place)

    def _circles(self, waits: Mapping[str, Wait]) -> dict[str, Reason]:
        """The jobs that wait for each other, found by taking away all that can be begun."""
        rest = {name: {after.visit for after in wait.after} for name, wait in waits.items()}
        while free := [name for name, others in rest.items() if not others & rest.keys()]:
            for name in free:
                del rest[name]
        lost = {}
        for name, others in rest.items():
            words = " and ".join(sorted(self._name(other) for other in others & rest.keys()))
            detail = f"It comes after job {words}, and so would have to come after itself."
            lost[name] = Reason(ReasonCode.WAITING_FOR_OTHER_JOB, detail)
        return lost

    def _place(self, name: str) -> Place | None:
        place = self.elsewhere.get(name)
        if place is not None:
            return place
        job = self.rows.get(name)
        if job is None or job.state is not JobState.DONE or job.planned_end is None:
            return None
        who = frozenset({job.planned_technician}) if job.planned_technician else frozenset[str]()
        return Place(job.planned_start, job.planned_end, who)

    def _is_done(self, name: str) -> bool:
        return name in self.rows and self.rows[name].state is JobState.DONE

    def _name(self, name: str) -> str:
        return self.rows[name].reference if name in self.rows else name

    def _why_not(self, name: str, out: Mapping[str, Reason]) -> str:
        job = self.rows.get(name)
        if job is None:
            return "which does not exist"
        if job.state is JobState.CANCELLED:
            return "which was cancelled"
        if job.handling is Handling.REMOTE:
            return "which is done from afar and is not done yet"
        if name in out:
            said = out[name].detail.rstrip(".")
            return f"which is in no plan: {said[:1].lower()}{said[1:]}"
        return "which is planned on none of these days"


@dataclass(frozen=True)
class Settled:
    """What was found of several jobs at once: what is asked of each, when it may start, and why others stay out."""

    waits: Mapping[str, Wait]
    openings: Mapping[str, list[Opening]]
    out: Mapping[str, Reason]


def _after(entry: Json) -> After:
    most = entry.get("most_gap_s")
    return After(
        entry["job"],
        Seconds(entry.get("gap_s") or 0),
        None if most is None else Seconds(most),
        bool(entry.get("same_technician")),
    )


def _by_same(wait: Wait, job: JobRow, entry: Json, place: Place) -> Wait:
    if not entry.get("same_technician") or not place.technicians:
        return wait
    allowed = wait.required if wait.required is not None else frozenset(job.technicians["required"])
    return replace(wait, required=(allowed & place.technicians) if allowed else place.technicians)


def _meet(
    span: tuple[datetime | None, datetime | None], earliest: datetime | None, latest: datetime | None
) -> tuple[datetime | None, datetime | None]:
    firsts = [one for one in (span[0], earliest) if one is not None]
    lasts = [one for one in (span[1], latest) if one is not None]
    return max(firsts, default=None), min(lasts, default=None)
