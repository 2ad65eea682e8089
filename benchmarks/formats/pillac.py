"""Technician routing and scheduling instances (Pillac, Guéret and Medaglia, 2013, doi:10.1007/s11590-012-0567-4).

After the name and a line with the size of the crew come the rows ``ID X Y TWS TWE Serv [skills] [tools] [parts]``:
row 0 is the depot, then the technicians, then the requests.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from benchmarks.formats import FormatFault

HEAD = "CREW"
LIST = re.compile(r"\[([^\]]*)\]")


@dataclass(frozen=True, slots=True)
class Row:
    """The depot, a technician or a request. ``parts`` says how many of each kind are on board, or needed."""

    number: int
    x: float
    y: float
    opens: float
    closes: float
    service: float
    skills: tuple[int, ...]
    tools: tuple[int, ...]
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TrspInstance:
    """The rows in their order; the first ``crew`` rows after row 0 are technicians."""

    name: str
    crew: int
    rows: tuple[Row, ...]

    @property
    def technicians(self) -> tuple[Row, ...]:
        """The rows of the technicians."""
        return self.rows[1 : 1 + self.crew]

    @property
    def requests(self) -> tuple[Row, ...]:
        """The rows of the requests."""
        return self.rows[1 + self.crew :]


def is_trsp(path: Path) -> bool:
    """Say whether a text file looks like such an instance."""
    return any(line.startswith(HEAD) for line in path.read_text("utf-8").splitlines())


def read_trsp(path: Path) -> TrspInstance:
    """Read one instance; its name is that of the file without its last ending."""
    lines = path.read_text("utf-8").splitlines()
    try:
        head = next(number for number, line in enumerate(lines) if line.startswith(HEAD))
        crew = int(lines[head + 1].split()[0])
        rows = tuple(_row(line) for line in lines if line.strip()[:1].isdigit() and "[" in line)
    except (StopIteration, IndexError, ValueError) as error:
        raise FormatFault(path, f"not a technician routing instance ({error})") from error
    if [row.number for row in rows] != list(range(len(rows))):
        raise FormatFault(path, "the rows are not numbered 0, 1, 2 ...")
    if not 0 < crew < len(rows):
        raise FormatFault(path, f"a crew of {crew} among {len(rows)} rows")
    if any(row.service for row in rows[: 1 + crew]):
        raise FormatFault(path, "the depot or a home has a service time, which means nothing here")
    return TrspInstance(path.stem, crew, rows)


def _row(line: str) -> Row:
    number, *numbers = line.split("[", 1)[0].split()
    x, y, opens, closes, service = map(float, numbers)
    skills, tools, parts = (tuple(map(int, found.split(","))) if found.strip() else () for found in LIST.findall(line))
    return Row(int(number), x, y, opens, closes, service, skills, tools, parts)
