"""The drawn week with rules between its routes, and the same work without them.

The rules come from a generator of their own: points, skills, dates and lengths are those of ``draw_week``. Only a few
visits move to another one's site, in both problems, so that people of different bubbles can meet there.

So that nothing has to stay out, each visit has a date in mind, one of its own: on these dates the stock suffices to the
last piece, and of each pair the one that comes after is not the earlier one. No engine is told.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from benchmarks.instances.week import AFTERNOON, CENTRE, DAY, HOUR, MINUTE, MORNING, draw_week, travel_matrix
from routing import After, Arrival, Depot, ItemNeed, Location, Problem, Seconds, Separation, Stock, Visit

BUBBLES = 6
FEWEST_IN_BUBBLE = 3
"""Of a small crew fewer bubbles are made."""

FREE_SHARE = 0.1
"""Of the technicians: they are in no bubble and may meet everybody."""

RADIUS_M = 50
BUFFER_S = 30 * MINUTE

MOVED_SHARE = 0.05
"""Of the visits: they are at the site of another one that shares a date with them."""

TEAM_SHARE = 0.1
"""Of the visits: two people do them together, one of whom has the skill."""

AFTER_SHARE = 0.1
"""Of the visits: they come after another one that shares a date with them."""

GAPS_MIN = tuple(range(0, 181, 30))
OVER_NIGHT_S = 14 * HOUR
"""What ends when a day does may be followed at the beginning of the next, and nothing on the same day."""

OVER_NIGHT_CHANCE = 0.5
"""Where the dates in mind are two."""

ITEM_SHARE = 0.15
"""Of the visits: they need one piece of what is at the depot."""

DEPOT, ITEM = "depot", "laptop"
CALL_S = 10 * MINUTE
DELIVERED = 6 * HOUR


@dataclass(frozen=True, slots=True)
class RuledWeek:
    """Two problems with the same work.

    ``without`` has the same calls to make and as much stock as anybody wants, no bubbles and no order; what two people
    do together are two visits there, one with the skill and the goods, one with neither, each at half the price of
    leaving it out.
    """

    rules: Problem
    without: Problem


def draw_ruled_week(visits: int, technicians: int, days: int, seed: int, *, travel_only: bool = False) -> RuledWeek:
    """Draw the week of the same arguments and the rules for it."""
    random = Random(f"rules {seed}")
    plain = _with_depot(draw_week(visits, technicians, days, seed, travel_only=travel_only))
    bubbles = _draw_bubbles(random, [who.id for who in plain.technicians])
    moved = _move_some(random, plain.visits)
    teams = set(_some(random, visits, TEAM_SHARE))
    dates = [random.choice(_dates(visit)) for visit in moved]
    after = dict(_draw_pairs(random, moved, dates))
    needy = set(_some(random, visits, ITEM_SHARE))
    work = [
        replace(visit, items=(ItemNeed(ITEM, 1),)) if number in needy else visit for number, visit in enumerate(moved)
    ]
    ruled = [
        replace(visit, people=2 if number in teams else 1, after=after.get(number, ()))
        for number, visit in enumerate(work)
    ]
    alone = [one for number, visit in enumerate(work) for one in (_halves(visit) if number in teams else (visit,))]
    (depot,) = plain.depots
    stock = _stock(Counter(dates[number] for number in needy))
    return RuledWeek(
        replace(
            plain,
            visits=tuple(ruled),
            depots=(replace(depot, stock=(stock,)),),
            separation=Separation(bubbles, RADIUS_M, Seconds(BUFFER_S)),
        ),
        replace(plain, visits=tuple(alone)),
    )


def _with_depot(plain: Problem) -> Problem:
    """Put a depot in the middle."""
    places = [(place.lat, place.lon) for place in plain.locations]
    depot = Depot(DEPOT, len(places), Seconds(CALL_S), frozenset({ITEM}))
    return replace(
        plain,
        locations=(*plain.locations, Location(DEPOT, *CENTRE)),
        matrices={"car": travel_matrix([*places, CENTRE])},
        depots=(depot,),
    )


def _draw_bubbles(random: Random, crew: Sequence[str]) -> dict[str, str]:
    """Bubbles of equal size, as far as possible, and a few people in none."""
    inside = random.sample(crew, len(crew) - round(FREE_SHARE * len(crew)))
    number = max(1, min(BUBBLES, len(inside) // FEWEST_IN_BUBBLE))
    return {who: f"bubble{place % number + 1}" for place, who in enumerate(inside)}


def _move_some(random: Random, visits: Sequence[Visit]) -> list[Visit]:
    """Move some to the sites of others that stay where they are."""
    moving = set(_some(random, len(visits), MOVED_SHARE))
    staying = [visit for number, visit in enumerate(visits) if number not in moving]
    random.shuffle(staying)
    moved = list(visits)
    for number in sorted(moving):
        visit = visits[number]
        host = next((other for other in staying if _share_date(visit, other)), None)
        if host is not None:
            staying.remove(host)
            moved[number] = replace(visit, location=host.location)
    return moved


def _draw_pairs(
    random: Random, visits: Sequence[Visit], dates: Sequence[int]
) -> Iterator[tuple[int, tuple[After, ...]]]:
    """Number of a visit, and what comes before it; a visit is in one pair at most."""
    left = random.sample(range(len(visits)), len(visits))
    wanted = round(AFTER_SHARE * len(visits))
    for later in tuple(left):
        if not wanted:
            return
        before = next((n for n in left if _may_follow(visits, dates, n, later)), None) if later in left else None
        if before is not None:
            wanted -= 1
            left.remove(later)
            left.remove(before)
            is_over_night = dates[before] < dates[later] and random.random() < OVER_NIGHT_CHANCE
            gap = OVER_NIGHT_S if is_over_night else MINUTE * random.choice(GAPS_MIN)
            yield later, (After(visits[before].id, Seconds(gap)),)


def _may_follow(visits: Sequence[Visit], dates: Sequence[int], before: int, later: int) -> bool:
    """Say whether there is time for both on the dates in mind, and whether the order has anything to say."""
    one, other = visits[before], visits[later]
    if before == later or not _share_date(one, other) or dates[before] > dates[later]:
        return False
    return dates[before] < dates[later] or (_opens(one) < AFTERNOON[0] and _closes(other) > MORNING[1])


def _stock(needed: Counter[int]) -> Stock:
    """What is needed on each of the dates in mind comes on its morning; that of the first day is there."""
    arrivals = tuple(Arrival(Seconds(date * DAY + DELIVERED), needed[date]) for date in sorted(needed) if date > 0)
    return Stock(ITEM, needed[0], arrivals)


def _halves(visit: Visit) -> tuple[Visit, Visit]:
    """What two people do, as two visits."""
    priority = (visit.priority - 1) // 2
    first = replace(visit, priority=priority)
    return first, replace(visit, id=f"{visit.id}-second", skills=(), items=(), priority=priority)


def _some(random: Random, number: int, share: float) -> list[int]:
    return random.sample(range(number), round(share * number))


def _dates(visit: Visit) -> list[int]:
    return [window.earliest // DAY for window in visit.windows]


def _share_date(one: Visit, other: Visit) -> bool:
    return not set(_dates(one)).isdisjoint(_dates(other))


def _opens(visit: Visit) -> int:
    return visit.windows[0].earliest % DAY


def _closes(visit: Visit) -> int:
    return (visit.windows[0].latest + visit.service_s) % DAY
