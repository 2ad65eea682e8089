"""Small files of the national address base, and indexes made of them."""

import gzip
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from service.addresses.building import StreetRecord, fill
from service.addresses.importing import Imported, import_addresses
from service.addresses.index import AddressIndex

HEADING = (
    "id;id_fantoir;numero;rep;nom_voie;code_postal;code_insee;nom_commune;code_insee_ancienne_commune;"
    "nom_ancienne_commune;x;y;lon;lat;type_position;alias;nom_ld;libelle_acheminement;nom_afnor;source_position;"
    "source_nom_voie;certification_commune;cad_parcelles"
)
WHEN = datetime(2026, 1, 2, 3, tzinfo=UTC)

Street = tuple[str, str, str, str, tuple[tuple[int, str, float, float], ...]]
"""Name, INSEE code, commune, postcode, houses."""

LEPERDIT: Street = (
    "Rue Leperdit",
    "35238",
    "Rennes",
    "35000",
    ((2, "", 48.1130, -1.6810), (4, "", 48.1131, -1.6809), (4, "bis", 48.1132, -1.6808), (9, "", 48.1133, -1.6807)),
)

STREETS: tuple[Street, ...] = (
    LEPERDIT,
    ("Rue Saint-Hélier", "35238", "Rennes", "35000", ((6, "", 48.1077, -1.6730), (7, "", 48.1078, -1.6731))),
    ("Avenue Henri Fréville", "35238", "Rennes", "35200", ((1, "", 48.0882, -1.6743), (10, "b", 48.0883, -1.6742))),
    ("Rue de Nantes", "35238", "Rennes", "35000", ((1, "", 48.1040, -1.6840),)),
    ("Rue de Nantes", "35238", "Rennes", "35200", ((195, "", 48.0880, -1.6930),)),
    ("Cours Président John Fitzgerald Kennedy", "35238", "Rennes", "35000", ((10, "", 48.1213, -1.7067),)),
    ("Place de la Mairie", "35238", "Rennes", "35000", ((1, "", 48.1113, -1.6800),)),
    ("Place de la Mairie", "35051", "Cesson-Sévigné", "35510", ((1, "", 48.1213, -1.6030),)),
    ("Place de la Mairie", "35024", "Betton", "35830", ((1, "", 48.1830, -1.6430),)),
    ("Rue de Rennes", "35051", "Cesson-Sévigné", "35510", ((3, "", 48.1200, -1.6100),)),
    ("Rue d'Espagne", "35238", "Rennes", "35200", ((10, "", 48.0867, -1.6724),)),
    ("Rue du 8 Mai 1945", "35024", "Betton", "35830", ((8, "", 48.1800, -1.6400),)),
)


def row(number: str, repeat: str, street: Street, lat: str, lon: str) -> str:
    """One line of a file."""
    name, insee, town, postcode, _ = street
    return (
        f"{insee}_1_{number};;{number};{repeat};{name};{postcode};{insee};{town};;;351000.1;6789000.2;{lon};{lat};"
        f"entrée;;;{town.upper()};{name.upper()};commune;commune;1;"
    )


def rows_of(streets: Iterable[Street] = STREETS) -> list[str]:
    """All lines of these streets."""
    return [
        row(str(number), repeat, street, str(lat), str(lon))
        for street in streets
        for number, repeat, lat, lon in street[4]
    ]


def write(file: Path, rows: Iterable[str], heading: str = HEADING) -> Path:
    """A file as it is downloaded."""
    text = "\n".join([heading, *rows]) + "\n"
    data = text.encode()
    file.write_bytes(gzip.compress(data) if file.suffix == ".gz" else data)
    return file


def bring(file: Path, target: Path, **options: bool) -> Imported:
    """Import a file."""
    return import_addresses(
        file, target, lambda: WHEN, lambda *_: None, skip_bad=options.get("skip_bad", False), boxes=[]
    )


def records(streets: Iterable[Street] = STREETS) -> list[StreetRecord]:
    """The same streets as they are gathered."""
    found = []
    for name, insee, town, postcode, houses in streets:
        record = StreetRecord(name, insee, town, postcode)
        record.houses = list(houses)
        found.append(record)
    return found


def index_of(gathered: Iterable[StreetRecord], source: str = "addresses") -> AddressIndex:
    """An index in memory."""
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    fill(connection, gathered, {})
    return AddressIndex(connection, source)
