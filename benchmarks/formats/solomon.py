"""Solomon's text format: a name, ``VEHICLE`` with number and capacity, ``CUSTOMER`` with seven numbers a line."""

from pathlib import Path

from benchmarks.formats import FormatFault
from benchmarks.formats.vrptw import Place, VrptwInstance, euclidean, whole

HEADS = ("VEHICLE", "CUSTOMER")
COLUMNS = 7


def is_solomon(path: Path) -> bool:
    """Say whether a text file looks like such an instance."""
    words = {line.strip().upper() for line in path.read_text("utf-8").splitlines()}
    return words.issuperset(HEADS)


def read_solomon(path: Path) -> VrptwInstance:
    """Read one instance; its name is that of the file."""
    lines = [line.split() for line in path.read_text("utf-8").splitlines() if line.strip()]
    try:
        vehicle, customer = map([line[0].upper() for line in lines].index, HEADS)
        vehicles, capacity = map(int, next(line for line in lines[vehicle:customer] if line[0].isdigit()))
        table = [list(map(float, line)) for line in lines[customer:] if line[0].isdigit()]
        demands = [whole(row[3]) for row in table]
    except (StopIteration, ValueError, IndexError) as error:
        raise FormatFault(path, f"not in Solomon's format ({error})") from error
    if len(table) < 2 or any(len(row) != COLUMNS for row in table):
        raise FormatFault(path, f"each place has {COLUMNS} numbers, and there is a depot and a customer at least")
    if [row[0] for row in table] != list(range(len(table))):
        raise FormatFault(path, "the places are not numbered 0, 1, 2 ...")
    places = tuple(
        Place(x, y, demand, opens, closes, service)
        for (_, x, y, _, opens, closes, service), demand in zip(table, demands, strict=True)
    )
    return VrptwInstance(path.stem, vehicles, capacity, places, euclidean(places))
