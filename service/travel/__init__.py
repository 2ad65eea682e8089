"""Travel between places, behind one protocol."""

from service.settings import Settings
from service.store.database import Database
from service.travel.formula import FormulaTravel, great_circle_m
from service.travel.slots import ANY, Slots
from service.travel.source import PROFILES, SOURCES, Line, Place, Snap, Tables, TravelSource

__all__ = [
    "ANY",
    "PROFILES",
    "SOURCES",
    "FormulaTravel",
    "Line",
    "Place",
    "Slots",
    "Snap",
    "Tables",
    "TravelSource",
    "great_circle_m",
    "travel_from",
]


def travel_from(settings: Settings, database: Database) -> TravelSource:  # noqa: ARG001  (road engines read theirs)
    """The best source that the settings name."""
    return FormulaTravel()
