"""What an index answers about an address."""

from service.addresses.index import KnownStreet


def label_of(street: KnownStreet, number: int | None = None, repeat: str = "") -> str:
    """An address in one line, as the post writes it."""
    house = "" if number is None else f"{number}{repeat} " if len(repeat) < 2 else f"{number} {repeat} "
    town = f"{street.postcode} {street.town_name}".strip()
    return f"{house}{street.name}{' ' if town else ''}{town}"
