"""The only reader of the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from environs import Env, EnvError, ValidationError, validate

MOST_PER_S = Decimal(1000)
"""Highest price of one second: a second of lateness that weighs as much as 17 paid minutes is a typing error."""

MOST_AT_ONCE = Decimal(100_000)
"""Highest price of something that happens once: more than a day of paid time."""

AT_ONCE = ("weight_not_preferred", "weight_moved", "weight_left_out", "weight_last_resort")

MOST_THREADS = 64

LONGEST_SETUP_S = 3600


class BadSettings(ValueError):
    """An environment variable holds something that cannot be used."""


def _setting(default: Any, doc: str) -> Any:
    return field(default=default, metadata={"doc": doc})


@dataclass(frozen=True, slots=True)
class Settings:
    """Every field is the environment variable TOURNEE_<FIELD>; the doc lines make the table of docs/settings.md."""

    database_url: str = _setting(
        "sqlite:///var/tournee.sqlite3",
        "SQLAlchemy URL; sqlite:///FILE or postgresql://user:password@host/name",
    )
    var: Path = _setting(Path("var"), "folder for the database file, locks and other files made while running")
    host: str = _setting("127.0.0.1", "address that the server listens on; the image sets 0.0.0.0")
    port: int = _setting(8080, "port that the server listens on")
    public_url: str = _setting("", "address that clients see, for links in answers; default http://HOST:PORT")
    web_threads: int = _setting(16, "threads that answer requests")
    timezone: str = _setting("Europe/Paris", "time zone of days, opening hours and answers")
    now: datetime | None = _setting(None, "instant at which the business clock starts; unset: real time")
    auto_optimise: str = _setting("propose", "automatic runs: off, propose or publish")
    auto_delay_s: float = _setting(20.0, "seconds between the last change and the automatic run")
    roads: Path = _setting(Path("var/roads"), "folder of the road graph that `make roads` built")
    roads_url: str = _setting(
        "https://download.geofabrik.de/europe/france/bretagne-latest.osm.pbf",
        "OpenStreetMap extract that `make roads` fetches",
    )
    roads_box: str = _setting(
        "", "south,west,north,east that the graph is cut to; default: depots, homes and sites and 15 km around"
    )
    travel_engine: str = _setting(
        "auto",
        "who says how long ways are: auto (the road graph, else the formula), formula, osrm or valhalla (servers)",
    )
    travel_url: str = _setting(
        "", "address of the road server, e.g. http://127.0.0.1:5000; {profile} in it stands for car, bike or foot"
    )
    travel_timeout_s: float = _setting(5.0, "seconds after which a road engine counts as silent")
    traffic: str = _setting("auto", "travel times by the hour: auto (where the road engine knows them) or off")
    traffic_feed_url: str = _setting(
        "https://data.rennesmetropole.fr/api/explore/v2.1/catalog/datasets/etat-du-trafic-en-temps-reel/exports/csv",
        "live traffic feed of `python -m service roads collect`",
    )
    co2_g_per_km: int = _setting(190, "grams of CO2 that a car kilometre counts for")
    tiles_url: str = _setting(
        "", "map tiles, e.g. https://tiles.example.org/{z}/{x}/{y}.png; none: streets of the graph"
    )
    tiles_attribution: str = _setting("", "whom the map names as the source of its tiles")
    addresses: Path = _setting(Path("var/addresses.sqlite3"), "file of the address index that was imported")
    geocoder: str = _setting(
        "auto",
        "who locates addresses: auto (the imported addresses, else the streets of the road graph), none, "
        "ban (French national address base) or nominatim",
    )
    geocoder_domain: str = _setting("", "another server for the geocoder, e.g. data.geopf.fr/geocodage")
    geocoder_scheme: str = _setting("https", "https, or http for a server of one's own")
    geocoder_timeout_s: float = _setting(3.0, "seconds after which a geocoder counts as silent")
    solver_memory_mb: int = _setting(
        2048, "most memory that one solve may take, as address space: its libraries alone take 600"
    )
    solver_threads: int = _setting(2, "threads that one solve may use; the engine ortools uses one")
    site_setup_s: int = _setting(
        0, "seconds of parking and signing in at every arrival at a client, once for stops in a row at one place"
    )
    weight_paid: Decimal = _setting(Decimal(1), "price of a paid second, from setting out to being back less breaks")
    weight_overtime: Decimal = _setting(Decimal("0.5"), "price of a second of overtime, beside its being paid")
    weight_travel: Decimal = _setting(Decimal("0.25"), "price of a second on the way, beside its being paid")
    weight_lateness: Decimal = _setting(Decimal(2), "price of a second by which a job ends after its deadline")
    weight_urgency: Decimal = _setting(
        Decimal("0.1"), "price of a second that an urgent job (priority above 80) begins later than it could"
    )
    weight_not_preferred: Decimal = _setting(
        Decimal(900), "price of a job that somebody else does than those whom it prefers"
    )
    weight_moved: Decimal = _setting(
        Decimal(300), "price of a job that goes to another technician or day than in the published plan"
    )
    weight_left_out: Decimal = _setting(Decimal(3600), "price of a job left out, times (1 + its priority)")
    weight_last_resort: Decimal = _setting(
        Decimal(1800), "price of a job done by somebody sent only when nobody else can, times (1 + its priority)"
    )
    weight_fair_paid_s: Decimal = _setting(
        Decimal(0), "price, for the balance, of one more paid second of somebody whose whole working time is paid"
    )
    weight_fair_travel_s: Decimal = _setting(
        Decimal(0), "price, for the balance, of one more second on the way of somebody always on the way"
    )
    min_free_mb: int = _setting(500, "free disk space in MB under which /readyz says not ready")
    log_format: str = _setting("console", "console or json")

    @classmethod
    def from_env(cls) -> Self:
        """Read and check the environment; raises BadSettings with every fault."""
        env = Env(eager=False, prefix="TOURNEE_")
        default: dict[str, Any] = {item.name: item.default for item in fields(cls)}
        number = {
            "port": validate.Range(1, 65535),
            "web_threads": validate.Range(1, 256),
            "solver_threads": validate.Range(1, MOST_THREADS),
            "site_setup_s": validate.Range(0, LONGEST_SETUP_S),
        }
        choice = {
            "auto_optimise": ["off", "propose", "publish"],
            "geocoder": ["auto", "none", "ban", "nominatim"],
            "travel_engine": ["auto", "formula", "osrm", "valhalla"],
            "traffic": ["auto", "off"],
            "geocoder_scheme": ["https", "http"],
            "log_format": ["console", "json"],
        }
        values: dict[str, Any] = {}
        for name, value in default.items():
            key = name.upper()
            match value:
                case int():
                    values[name] = env.int(key, value, validate=number.get(name, validate.Range(min=1)))
                case float():
                    values[name] = env.float(key, value, validate=validate.Range(min=0))
                case Decimal():
                    values[name] = env.decimal(key, value, validate=[_prices(name), _two_decimals])
                case Path():
                    values[name] = env.path(key, value)
                case None:
                    values[name] = env.datetime(key) if env.str(key, "") else value
                case _:
                    rule = validate.OneOf(choice[name]) if name in choice else None
                    values[name] = env.str(key, value, validate=rule)
        try:
            env.seal()
            ZoneInfo(values["timezone"])
            if values["now"] is not None and values["now"].tzinfo is None:
                raise BadSettings("TOURNEE_NOW wants an offset, e.g. 2020-03-13T06:30+01:00")
        except EnvError as error:
            raise BadSettings(str(error)) from None
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise BadSettings(f"TOURNEE_TIMEZONE: {error}" if "TOURNEE" not in str(error) else str(error)) from None
        return cls(**values)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of days and answers."""
        return ZoneInfo(self.timezone)

    @property
    def base_url(self) -> str:
        """Address of this service as clients see it, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def _prices(name: str) -> validate.Range:
    """What a weight may be; nothing would be planned if leaving out were free."""
    if name == "weight_left_out":
        return validate.Range(Decimal(1), MOST_AT_ONCE)
    return validate.Range(Decimal(0), MOST_AT_ONCE if name in AT_ONCE else MOST_PER_S)


def _two_decimals(value: Decimal) -> None:
    """The planner counts in hundredths."""
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -2:
        raise ValidationError("Must have at most two decimals.")


def inherited_environment(changes: Mapping[str, str]) -> dict[str, str]:
    """The environment for a program that we start, with some variables of its own."""
    return dict(os.environ) | dict(changes)


def default_environment(values: Mapping[str, str]) -> None:
    """Set what the environment leaves open, for this process and for those it starts."""
    for name, value in values.items():
        os.environ.setdefault(name, value)
