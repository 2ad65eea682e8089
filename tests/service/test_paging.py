"""Lists in parts."""

import pytest
from sqlalchemy import select

from service.answers import Page
from service.paging import list_rows
from service.runtime import Runtime
from service.store.tables import ItemRow
from tests.service.things import an_item


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6])
def test_parts_make_the_whole_without_repetition(runtime: Runtime, limit: int) -> None:
    names = [an_item(runtime, f"sku{number}").body["sku"] for number in (4, 2, 5, 1, 3)]
    seen, after = [], 0
    with runtime.database.read() as session:
        for _ in range(6):
            part = list_rows(
                session, select(ItemRow), ItemRow.created, Page(limit, after), lambda row: {"sku": row.sku}
            )
            seen += [item["sku"] for item in part.items]
            assert len(part.items) <= limit
            if part.after is None:
                break
            after = part.after
    assert seen == names
    assert part.after is None


def test_part_keeps_to_the_query(runtime: Runtime) -> None:
    an_item(runtime, "drill", "tool")
    an_item(runtime)
    query = select(ItemRow).where(ItemRow.kind == "tool")
    with runtime.database.read() as session:
        part = list_rows(session, query, ItemRow.created, Page(), lambda row: {"sku": row.sku})
    assert (part.items, part.after) == ([{"sku": "drill"}], None)
