"""Tables of the documentation, written from the code: ``python -m api.reference`` writes the files."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path

from api.problems import CONFLICT_CODES, FIELD_CODES, MISSING_CODES, PROBLEMS, TYPE_PREFIX
from api.words import ATTENTION, OBSTACLES, OUTDATED, REASONS, RULES, WARNINGS
from service.settings import Settings
from service.solving.failures import FAILURES

WRITTEN = "<!-- Written by `python -m api.reference`; change the code, not this file. -->"


def errors_page() -> str:
    """docs/errors.md."""
    return (
        "\n\n".join(
            [
                "# Errors",
                WRITTEN,
                "Every refusal is `application/problem+json` (RFC 9457) with `type`, `title`, `status`, `detail`, "
                "`instance`, `request_id` (also in the header `X-Request-ID`), and where they belong `errors`, `code` "
                "and `link`. "
                "`type` is stable; compare it, not the words.",
                "## Problems",
                table(
                    ("type", "status", "title", "meaning"),
                    ((f"`{one.type}`", str(one.status), one.title, one.meaning) for one in PROBLEMS),
                ),
                "## Faults of a request",
                "A 422 of type `invalid` names every fault at once in `errors`: a `pointer` (RFC 6901) into what was "
                "sent (query parameters as `/name`, rows of a file as `/rows/LINE/...`), a `code` and a `detail`.",
                _words("code", FIELD_CODES),
                "## Codes of a conflict (409)",
                _words("code", CONFLICT_CODES),
                "## Codes of a 404",
                _words("code", MISSING_CODES),
                "## Failed runs",
                "`error` of a run that `failed` is a problem too.",
                table(
                    ("type", "title", "meaning"),
                    ((f"`{TYPE_PREFIX}{one.slug}`", one.title, one.meaning) for one in FAILURES),
                ),
                "## Why a job is in no route",
                _words("reason", REASONS),
                "## Why a job would fit nowhere",
                "`obstacles` beside `fits` has one of the reasons above, or:",
                _words("obstacle", OBSTACLES),
                "## What in the published plan is no longer true",
                "`outdated` of a change and of a plan. Its `code` is a reason above where something keeps a job out of "
                "any plan by now (`on_hold`, `no_location`, `no_stock`, `over_capacity`) or it waits for a job that is "
                "in none (`waiting_for_other_job`), the name of the rule below that the plan breaks by now (`team` "
                "also stands for `coverage`, `no_stock` for `stock`, `over_capacity` for `capacity`), or:",
                _words("code", OUTDATED),
                "## Rules",
                "Every plan is checked by each of them (`check.rules`). `:publish` with `accept` names those that "
                "somebody lives with, as `JOB/RULE` or `TECHNICIAN/DAY/RULE`.",
                _words("rule", RULES),
                "## Warnings",
                _words("warning", WARNINGS),
                "## Attention",
                _words("attention", ATTENTION),
            ]
        )
        + "\n"
    )


def settings_page() -> str:
    """docs/settings.md."""
    rows = (
        (f"`TOURNEE_{item.name.upper()}`", _default(item.default), item.metadata["doc"]) for item in fields(Settings)
    )
    head = "Environment variables; the processes say at their start what they cannot use."
    return "\n\n".join(["# Settings", WRITTEN, head, table(("variable", "default", "meaning"), rows)]) + "\n"


PAGES = {"errors.md": errors_page, "settings.md": settings_page}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def _words(name: str, meanings: Mapping[str, str]) -> str:
    return table((name, "meaning"), ((f"`{word}`", meaning) for word, meaning in meanings.items()))


def _default(value: object) -> str:
    return "" if value is None or value == "" else f"`{value}`"


def write(folder: Path) -> None:
    """Write the pages."""
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write(Path(__file__).parents[1] / "docs")
