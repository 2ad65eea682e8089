"""Finding an address in an index, or saying why it is not there."""

from service.addresses.answers import label_of
from service.addresses.departments import is_postcode, may_lie_in
from service.addresses.endings import without_town
from service.addresses.foreign import foreign_reason
from service.addresses.index import AddressIndex, House, KnownStreet
from service.addresses.question import Question, Street, readings, take_apart
from service.addresses.searching import Scored, best_streets
from service.addresses.similarity import ACCEPTED
from service.addresses.where import Where, place_named
from service.addresses.words import STOPS, TYPES
from service.earth import apart_m
from service.places.geocoder import Match

EVERYWHERE = frozenset(
    {
        "bourg",
        "cimetiere",
        "college",
        "commune",
        "ecole",
        "ecoles",
        "eglise",
        "fontaine",
        "gare",
        "lavoir",
        "mairie",
        "marche",
        "monument",
        "morts",
        "poste",
        "presbytere",
        "saint",
        "salle",
        "stade",
        "fetes",
        "ville",
    }
)
"""A street named after nothing else is in every commune."""

FAR_M = 1_000.0
"""Between two pieces of one street."""

MOST_NAMED = 4

UNCHECKED = "In which commune the street lies is not known."

COMMA = " A commune stands after a comma or its postcode."

MOST_READINGS = 12
"""Of an address with more commas the odd ones are not looked at."""

# What takes from the score, beside wrong letters. The products stay above LOWEST_SCORE where two of them meet.
OTHER_POSTCODE = 0.97
NO_TOWN_TYPED = 0.88
TOWN_UNKNOWN = 0.93
OTHER_REPEAT = 0.97
NEAREST_NUMBER = 0.9
NO_NUMBER = 0.87


def find_address(index: AddressIndex, address: str) -> Match:
    """The best match; one of precision none says in ``reason`` why nothing is good enough."""
    foreign = foreign_reason(address)
    if foreign:
        return _nothing(index, foreign)
    question = take_apart(address)
    if question.is_postcode_alone:
        return _nothing(index, "It is only a postcode: the street is missing.")
    if question.postcode is not None and not question.cedex and not is_postcode(question.postcode):
        return _nothing(index, f"{question.postcode} is no French postcode.")
    where, parts = place_named(index, question)
    asked = sorted((street for part in parts for street in readings(part)), key=_oddity)[:MOST_READINGS]
    if not asked:
        return _town(index, where, question)
    if where.unknown:
        return _nothing(index, f"{where.unknown} is not among the communes known here.")
    found = best_streets(index, asked, where)
    if not (index.towns or where.words or (found and found[0].score >= ACCEPTED)):
        found = best_streets(index, without_town(index, asked), where) or found
    return _judge(index, question, where, found)


def _oddity(street: Street) -> int:
    """The likeliest readings come first: a number and a type of street, then one of them."""
    return (street.number is None) + 2 * (street.words[0] not in TYPES)


def _nothing(index: AddressIndex, reason: str, label: str = "", score: float = 0.0) -> Match:
    return Match(label, "none", score, source=index.source, reason=reason)


def _town(index: AddressIndex, where: Where, question: Question) -> Match:
    """Somebody typed no street."""
    if where.town is not None:
        town = where.town
        reason = "It is only a commune: the street is missing."
        return Match(town.name, "town", where.likeness, town.lat, town.lon, source=index.source, reason=reason)
    if where.unknown or question.postcode:
        return _nothing(index, "It names a commune at most: the street is missing.")
    return _nothing(index, "It holds no word that a street could have.")


def _judge(index: AddressIndex, question: Question, where: Where, found: list[Scored]) -> Match:
    """Refuse what is another street, what may be several, and what lies elsewhere."""
    place = f" in {where.name}" if where.name else ""
    if not found or found[0].score < ACCEPTED:
        if found and found[0].score >= 0.6:
            near = label_of(found[0].street)
            hint = COMMA if not (index.towns or where.words) else ""
            reason = f"No street of that name is known{place}; the likest is {near}.{hint}"
            return _nothing(index, reason, near, found[0].score)
        return _nothing(index, f"No street of that name is known{place}.")
    found = _plausible(question, found)
    if not found:
        return _nothing(index, "The street is known, but not whether in that commune.")
    doubt = _which(where, found)
    if doubt:
        return _nothing(index, doubt, found[0].street.name, found[0].score)
    return _match(index, question, where, found)


def _which(where: Where, found: list[Scored]) -> str:
    """Why nobody can say which of several streets is meant; empty when one can."""
    towns = sorted({one.street.town_name for one in found if one.street.town_name})
    if len(towns) > 1 and not where.towns:
        first = towns[:-1] if len(towns) <= MOST_NAMED else towns[: MOST_NAMED - 1]
        last = towns[-1] if len(towns) <= MOST_NAMED else "others"
        return f"The street is known in {', '.join(first)} and {last}: which?"
    if len({one.street.town for one in found}) > 1:
        return f"Several communes of {where.name or 'the index'} have this street: which?"
    if not towns and any(_is_far(found[0].street, one.street) for one in found):
        return "Several streets of that name are known, and not in which commune each of them lies."
    return ""


def _is_far(one: KnownStreet, other: KnownStreet) -> bool:
    """Whether two streets of one name are not one street in two pieces."""
    return apart_m((one.lat, one.lon), (other.lat, other.lon)) > FAR_M


def _plausible(question: Question, found: list[Scored]) -> list[Scored]:
    """Without those whose commune is unknown, where another commune may as well be meant.

    Such a street is taken when it is named after something that not every commune has, and when the postcode's
    department reaches there.
    """
    kept = []
    known = [one for one in found if one.street.town]
    for one in known or found:
        if one.street.town:
            kept.append(one)
            continue
        names_itself = [word for word in one.street.words if word not in STOPS | TYPES | EVERYWHERE]
        is_near = question.postcode is None or may_lie_in(question.postcode, one.street.lat, one.street.lon)
        if names_itself and is_near:
            kept.append(one)
    return kept


def _match(index: AddressIndex, question: Question, where: Where, found: list[Scored]) -> Match:
    """The house where it is known, else the street, at its nearest number or its middle."""
    houses = [(one, *_house(index, one)) for one in found]
    chosen, house, factor = max(
        houses,
        key=lambda entry: (
            entry[2] > NEAREST_NUMBER,
            entry[0].street.postcode == question.postcode,
            entry[2],
            entry[0].score,
        ),
    )
    street, asked = chosen.street, chosen.asked
    score = chosen.score * factor * where.likeness
    if question.postcode and street.postcode and street.postcode != question.postcode and not question.cedex:
        score *= OTHER_POSTCODE
    if not street.town:
        score *= TOWN_UNKNOWN
    elif not where.towns:
        score *= NO_TOWN_TYPED
    same_number = house is not None and house.number == asked.number
    if house is not None and same_number:
        label = label_of(street, house.number, house.repeat)
        return Match(label, "house", round(score, 4), house.lat, house.lon, source=index.source)
    reason = "" if asked.number is None else f"Number {asked.number} is not known in the street."
    if not street.town:
        reason = f"{reason} {UNCHECKED}".strip()
    lat, lon = (house.lat, house.lon) if house is not None else (street.lat, street.lon)
    return Match(label_of(street), "street", round(score, 4), lat, lon, source=index.source, reason=reason)


def _house(index: AddressIndex, one: Scored) -> tuple[House | None, float]:
    """The house asked for or the nearest number on its side of the street, and what that takes from the score."""
    asked = one.asked
    if asked.number is None:
        return None, 1.0
    number = asked.number
    houses = index.houses(one.street)
    same = [house for house in houses if house.number == number]
    for house in same:
        if house.repeat == asked.repeat or house.repeat[:1] == asked.repeat[:1] != "":
            return house, 1.0
    if same:
        return same[0], OTHER_REPEAT
    if not houses:
        return None, NO_NUMBER
    side = [house for house in houses if house.number % 2 == number % 2] or houses
    return min(side, key=lambda house: abs(house.number - number)), NEAREST_NUMBER
