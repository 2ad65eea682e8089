"""What is wrong with an extract: the first faults with their lines, all of them counted."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from service.errors import ServiceError

MOST_LISTED = 20


class BadExtract(ServiceError):
    """The file cannot be imported; the text says why and what to do. Nothing was changed."""


@dataclass(slots=True)
class Faults:
    """Rows that cannot be used."""

    listed: list[str] = field(default_factory=list)
    by_kind: Counter[str] = field(default_factory=Counter)
    rows: int = 0

    def add(self, line: int, found: list[tuple[str, str]]) -> None:
        """Keep the faults of one row: the kind of each, and what is said of it."""
        self.rows += 1
        self.by_kind.update(kind for kind, _ in found)
        if len(self.listed) < MOST_LISTED:
            self.listed.append(f"line {line}: {'; '.join(said for _, said in found)}")

    def tell(self, number: Callable[[int], str]) -> str:
        """All of them in some lines."""
        kinds = "\n".join(f"  {number(count):>9} x {kind}" for kind, count in self.by_kind.most_common())
        more = self.rows - len(self.listed)
        rest = f"\n  and {number(more)} more rows" if more > 0 else ""
        return f"{kinds}\n" + "\n".join(f"  {line}" for line in self.listed) + rest
