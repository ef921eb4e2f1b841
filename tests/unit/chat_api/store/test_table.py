"""Conditional updates, puts and queries of the table."""

import pytest

from chat_api.store.rows import new_row
from chat_api.store.table import RowExists, RowMissing, ThreadsTable


async def test_an_update_does_not_change_a_row_that_has_the_attribute(table: ThreadsTable) -> None:
    await table.put(new_row("p", "item#1", "{}", 5) | {"deleted": {"BOOL": True}})
    with pytest.raises(RowMissing):
        await table.update("p", "item#1", {"expires_at": {"N": "9"}}, unless="deleted")
    with pytest.raises(RowMissing):
        await table.update("p", "item#2", {"expires_at": {"N": "9"}})


async def test_a_new_row_replaces_only_an_expired_one(table: ThreadsTable) -> None:
    await table.put(new_row("p", "item#1", '"old"', 100))
    with pytest.raises(RowExists) as raised:
        await table.put_new(new_row("p", "item#1", '"new"', 200), 99.9)
    assert raised.value.row["body"] == {"S": '"old"'}
    await table.put_new(new_row("p", "item#1", '"new"', 200), 100.0)


async def test_an_empty_prefix_finds_every_row_of_a_partition(table: ThreadsTable) -> None:
    for sort in ("feedback#1", "item#1", "pointer#!x", "pointer#~", "turn#zz"):
        await table.put(new_row("p", sort, "{}", 1))
    found, more = await table.query("p", "", after=None, newest_first=False, keys_only=True)
    assert [set(each) for each in found] == [{"pk", "sk"}] * 5
    assert more is None


async def test_a_put_returns_the_row_that_it_replaced(table: ThreadsTable) -> None:
    assert await table.put(new_row("p", "item#1", '"old"', 1)) is None
    replaced = await table.put(new_row("p", "item#1", '"new"', 1))
    assert replaced
    assert replaced["body"] == {"S": '"old"'}
