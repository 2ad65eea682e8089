"""Tables for a terminal: words to the left, numbers to the right."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]


def format_table(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """One line per row under the columns' names; what a row does not have is a dash."""
    return "\n".join(_lines(columns, rows))


def _lines(columns: Sequence[str], rows: Sequence[Row]) -> Iterator[str]:
    cells = [[_text(row.get(column)) for column in columns] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    words = [any(isinstance(row.get(column), str) for row in rows) for column in columns]
    for line in (columns, *cells):
        parts = (
            cell.ljust(width) if is_word else cell.rjust(width)
            for cell, width, is_word in zip(line, widths, words, strict=True)
        )
        yield "  ".join(parts).rstrip()


def _text(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.2f}" if isinstance(value, float) else str(value)
