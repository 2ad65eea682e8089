"""Days on which France does not work."""

from datetime import date
from functools import cache


def is_public_holiday(day: date) -> bool:
    """Whether France has a public holiday that day (not the two more of Alsace and Moselle)."""
    return day in _public_holidays(day.year)


@cache
def _public_holidays(year: int) -> frozenset[date]:
    from holidays import country_holidays  # noqa: PLC0415  (takes 80 ms to import; most processes never ask)

    return frozenset(country_holidays("FR", years=year))
