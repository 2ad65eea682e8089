"""When a visit may start in a shift for the sake of the others, and what is in the way at other times."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from routing.fit.tied.ledger import Ledger
from routing.plan import Reason, ReasonCode
from routing.presence import Presence
from routing.problem import Problem, Visit
from routing.ties import After, Separation
from routing.timetable.frame import NEVER, Call, cut_windows

Windows = tuple[tuple[int, int], ...]


class Forbidden(NamedTuple):
    """Starts from ``first`` to ``last`` would meet this presence."""

    first: int
    last: int
    presence: Presence


def subtract(windows: Windows, forbidden: Iterable[Forbidden]) -> Windows:
    """Return what of windows is not forbidden."""
    left = list(windows)
    for first, last, _ in forbidden:
        rest = []
        for earliest, latest in left:
            if earliest < first:
                rest.append((earliest, min(latest, first - 1)))
            if latest > last:
                rest.append((max(earliest, last + 1), latest))
        left = rest
    return tuple(left)


def find_forbidden(ledger: Ledger, shift: str, location: int, setup: int, length: int) -> list[Forbidden]:
    """Return the starts at a place at which somebody of another bubble would be met.

    Parameters
    ----------
    setup, length
        Seconds there before the start, and from it to leaving.
    """
    separation, bubble = ledger.problem.separation, ledger.bubble_of(shift)
    if separation is None or bubble is None or not ledger.problem.frames.ties.counts(location):
        return []
    found = []
    frame = ledger.problem.frames.of(shift)
    begins, ends = min(frame.opening, int(frame.shift.start)) - setup, max(frame.limit, frame.opening) + length
    for presence in ledger.presences_near(location, bubble, begins, ends):
        if presence.shift != shift:
            for first, last in _starts_that_meet(separation, presence, setup, length):
                if last > separation.from_s - length:
                    found.append(Forbidden(max(first, separation.from_s - length + 1), last, presence))
    return found


def _starts_that_meet(separation: Separation, other: Presence, setup: int, length: int) -> Iterator[tuple[int, int]]:
    buffer, days = separation.buffer_s, separation.days
    first, last = other.arrival - buffer - length + 1, other.leave + buffer + setup - 1
    if first <= last:
        yield first, last
    if days:
        day, last_day = sum(m <= other.arrival for m in days), sum(m <= other.leave for m in days)
        begins = days[day - 1] if day else -NEVER
        ends = days[last_day] if last_day < len(days) else NEVER
        yield begins - length, ends + setup - 1


def limits_of_after(ledger: Ledger, visit: Visit, length: int) -> tuple[Windows, Reason | None]:
    """Return when the visit may start beside those before and after it, and who is in the way otherwise.

    Empty windows come with the reason; else the reason says what narrows them most, for the case that they are too
    narrow.
    """
    windows: Windows = ((-NEVER, NEVER),)
    narrowest: Reason | None = None
    for after in visit.after:
        stays = ledger.stays(after.visit)
        if not stays:
            detail = f"comes after {after.visit}, which is in no route"
            return (), Reason(ReasonCode.WAITING_FOR_OTHER_JOB, detail)
        last = max(stays, key=lambda stay: stay.end)
        most = NEVER if after.most_gap_s is None else last.end + after.most_gap_s
        windows = cut_windows(windows, last.end + after.gap_s, most)
        words = f"comes after {after.visit}, which {last.technician} ends at {last.end} s{_words_of_gap(after)}"
        narrowest = narrowest or Reason(ReasonCode.WAITING_FOR_OTHER_JOB, words)
    for later, after in later_ones(ledger.problem, visit.id):
        stays = [stay for stay in ledger.stays(later.id) if not stay.stands]
        if stays:
            first, last = min(stays, key=lambda stay: stay.start), max(stays, key=lambda stay: stay.start)
            least = -NEVER if after.most_gap_s is None else last.start - after.most_gap_s - length
            windows = cut_windows(windows, least, first.start - after.gap_s - length)
            words = f"comes before {later.id}, which {first.technician} begins at {first.start} s{_words_of_gap(after)}"
            narrowest = narrowest or Reason(ReasonCode.WAITING_FOR_OTHER_JOB, words)
    return windows, narrowest


def later_ones(problem: Problem, visit: str) -> Iterator[tuple[Visit, After]]:
    """Yield the visits that come after one, with how."""
    for later in problem.frames.ties.followers.get(visit, ()):
        for after in problem.visit_by_id[later].after:
            if after.visit == visit:
                yield problem.visit_by_id[later], after


def _words_of_gap(after: After) -> str:
    words = f", at least {after.gap_s} s between" if after.gap_s else ""
    return words if after.most_gap_s is None else f"{words}, at most {after.most_gap_s} s between"


def partners_of(ledger: Ledger, visit: Visit) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the visits whose technician the visit must share, planned ones only, with who does them."""
    pairs = [(after.visit, after) for after in visit.after]
    pairs += [
        (later.id, after)
        for later, after in later_ones(ledger.problem, visit.id)
        if any(not stay.stands for stay in ledger.stays(later.id))
    ]
    for name, after in pairs:
        stays = ledger.stays(name)
        if after.same_technician and stays:
            yield name, frozenset(stay.technician for stay in stays)


def crowded_faces(ledger: Ledger, visit: str, people: frozenset[str]) -> str | None:
    """Say in words which set of visits would see too many faces if these people did the visit too."""
    for faces in ledger.problem.frames.ties.faces_of.get(visit, ()):
        stays = [stay for name in faces.visits for stay in ledger.stays(name)]
        seen = faces.known | {stay.technician for stay in stays}
        if not people <= seen and len(people | seen) > faces.most:
            who = ", ".join(sorted(seen)) or "nobody yet"
            return f"at most {faces.most} different technicians at {faces.id}, so far {who}"
    return None


def cut_call(call: Call, windows: Windows) -> Call:
    """Return a call of which only the starts inside these windows are left."""
    left: list[tuple[int, int]] = []
    for first, last in windows:
        left.extend(cut_windows(call.windows, first, last))
    return call._replace(windows=tuple(sorted(left)))


def nearest(forbidden: Sequence[Forbidden], windows: Windows) -> Presence | None:
    """Return the presence that takes most of the windows away."""

    def taken(one: Forbidden) -> int:
        return sum(max(0, min(last, one.last) - max(first, one.first) + 1) for first, last in windows)

    hits = [one for one in forbidden if taken(one)]
    return max(hits, key=taken).presence if hits else None
