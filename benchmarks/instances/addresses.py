"""An extract as the national address base writes it, drawn from the streets of Rennes: there is no real one here.

Rennes has its own streets with the real houses of the sample; the communes around have the same street names and
mixtures of them, so that a name alone says little.
"""

import csv
import gzip
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from service.addresses.words import words_of
from service.earth import METRES_PER_DEGREE, apart_m

HEADING = (
    "id;id_fantoir;numero;rep;nom_voie;code_postal;code_insee;nom_commune;code_insee_ancienne_commune;"
    "nom_ancienne_commune;x;y;lon;lat;type_position;alias;nom_ld;libelle_acheminement;nom_afnor;source_position;"
    "source_nom_voie;certification_commune;cad_parcelles"
)
RENNES = "35238"


@dataclass(frozen=True, slots=True)
class Point:
    """A real house of the sample."""

    number: int
    repeat: str
    street: str
    postcode: str
    town: str
    lat: float
    lon: float

    @property
    def text(self) -> str:
        """The address as somebody types it."""
        repeat = f" {self.repeat}" if self.repeat else ""
        return f"{self.number}{repeat} {self.street}, {self.postcode} {self.town}"

    def metres_to(self, lat: float, lon: float) -> float:
        """How far a place is."""
        return apart_m((self.lat, self.lon), (lat, lon))


@dataclass(frozen=True, slots=True)
class Drawn:
    """A street of the extract with its houses (number, repeat, latitude, longitude)."""

    name: str
    insee: str
    town: str
    postcode: str
    houses: tuple[tuple[int, str, float, float], ...]


def read_sample(folder: Path) -> list[Point]:
    """The real houses."""
    with (folder / "rennes-addresses-sample.csv").open(encoding="utf-8") as file:
        return [
            Point(
                int(row["number"]),
                row["suffix"],
                row["street"],
                row["postcode"],
                row["city"],
                float(row["lat"]),
                float(row["lon"]),
            )
            for row in csv.DictReader(file)
        ]


def draw_streets(folder: Path, streets: int, numbers: int, seed: int, sample: Iterable[Point] = ()) -> list[Drawn]:
    """So many streets with about so many numbers, the sample's houses among them."""
    random = Random(seed)
    with (folder / "rennes-streets.csv").open(encoding="utf-8") as file:
        known = list(csv.DictReader(file))
    with (folder / "rennes-metropole-communes.csv").open(encoding="utf-8") as file:
        communes = list(csv.DictReader(file))
    mean = max(1, numbers // max(1, streets))
    drawn = [*_of_the_sample(sample)]
    there = {(street.insee, words_of(street.name)) for street in drawn}
    for row in known:
        if (row["insee"], words_of(row["street"])) not in there and len(drawn) < streets:
            there.add((row["insee"], words_of(row["street"])))
            postcode = random.choice(("35000", "35200", "35700")) if row["insee"] == RENNES else f"35{row['insee'][2:]}"
            houses = _houses(random, mean, float(row["lat"]), float(row["lon"]))
            drawn.append(Drawn(row["street"], row["insee"], row["city"], postcode, houses))
    names = [row["street"] for row in known]
    while len(drawn) < streets:
        commune = random.choice(communes)
        name = random.choice(names) if random.random() < 0.5 else _mixed(random, names)
        if (commune["insee"], words_of(name)) in there:
            continue
        there.add((commune["insee"], words_of(name)))
        lat = float(commune["lat_centroid"]) + random.uniform(-0.02, 0.02)
        lon = float(commune["lon_centroid"]) + random.uniform(-0.03, 0.03)
        postcode = "35000" if commune["insee"] == RENNES else f"35{int(commune['insee'][2:]) // 10 * 10:03d}"
        drawn.append(Drawn(name, commune["insee"], commune["name"], postcode, _houses(random, mean, lat, lon)))
    return drawn


def write_extract(file: Path, streets: Iterable[Drawn]) -> int:
    """Write them as adresses-35.csv.gz; how many numbers that makes."""
    count = 0
    with gzip.open(file, "wt", encoding="utf-8", compresslevel=6) as out:
        out.write(HEADING + "\n")
        for order, street in enumerate(streets):
            code = f"{street.insee}_{order:04d}"
            for number, repeat, lat, lon in street.houses:
                count += 1
                key = f"{code}_{number:05d}{'_' + repeat if repeat else ''}"
                place = f"350000.0;6789000.0;{lon:.6f};{lat:.6f};entrée"
                town = f"{street.postcode};{street.insee};{street.town};;"
                out.write(
                    f"{key};{code};{number};{repeat};{street.name};{town};{place};;;{street.town.upper()};"
                    f"{street.name.upper()};commune;commune;1;\n"
                )
    return count


def with_a_wrong_letter(random: Random, point: Point) -> str:
    """The address with one letter of its street changed."""
    text = point.text
    start = len(str(point.number)) + 1 + (len(point.repeat) + 1 if point.repeat else 0)
    letters = [at for at in range(start, text.rindex(",")) if text[at].isalpha()]
    at = random.choice(letters)
    other = random.choice([one for one in "abcdefghijklmnopqrstuvwxyz" if one != text[at].lower()])
    return text[:at] + other + text[at + 1 :]


def _of_the_sample(sample: Iterable[Point]) -> Iterator[Drawn]:
    """The sample's streets, each in the postcode that most of its houses have."""
    by_words: dict[tuple[str, ...], list[Point]] = {}
    for point in sample:
        by_words.setdefault(words_of(point.street), []).append(point)
    for points in by_words.values():
        name = points[0].street
        postcode = Counter(point.postcode for point in points).most_common(1)[0][0]
        houses = {(one.number, one.repeat): (one.number, one.repeat, one.lat, one.lon) for one in points}
        yield Drawn(name, RENNES, "Rennes", postcode, tuple(houses.values()))


def _houses(random: Random, mean: int, lat: float, lon: float) -> tuple[tuple[int, str, float, float], ...]:
    """Even numbers on one side, odd ones on the other, some with a bis."""
    count = max(1, round(random.expovariate(1 / mean)))
    east, north = random.uniform(-1, 1) * 15 / METRES_PER_DEGREE, random.uniform(-1, 1) * 15 / METRES_PER_DEGREE
    found: list[tuple[int, str, float, float]] = []
    number = 0
    while len(found) < count:
        number += 1
        along = number / 2
        found.append((number, "", lat + north * along + 8e-5 * (number % 2), lon + east * along))
        if random.random() < 0.06:
            found.append((number, random.choice(("bis", "ter", "a")), lat + north * along + 5e-5, lon + east * along))
    return tuple(found[:count])


def _mixed(random: Random, names: list[str]) -> str:
    """The beginning of one name and the end of another."""
    first, last = random.choice(names).split(), random.choice(names).split()
    return " ".join([*first[: max(1, len(first) - 1)], last[-1]])
