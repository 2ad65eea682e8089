"""Travel between places, behind one protocol."""

from service.settings import Settings
from service.travel.formula import FormulaTravel, great_circle_m
from service.travel.source import PROFILES, Place, TravelSource

__all__ = ["PROFILES", "FormulaTravel", "Place", "TravelSource", "great_circle_m", "travel_from"]


def travel_from(settings: Settings) -> TravelSource:  # noqa: ARG001  (road engines read theirs here)
    """The best source that the settings name."""
    return FormulaTravel()
