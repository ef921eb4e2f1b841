from typing import Any

import pytest

from chat_api.store.batch_writes import DELETE_ATTEMPTS, PUT_ATTEMPTS
from chat_api.store.rows import new_row
from chat_api.store.table import (
    RowExists,
    RowMissing,
    StoreUnavailable,
    ThreadsTable,
)


class Halving:
    """Does half of each batch, as DynamoDB may under load; or nothing at all."""

    def __init__(self, *, share: float = 0.5) -> None:
        self.share = share
        self.calls = 0
        self.deleted: list[str] = []

    def batch_write_item(self, *, RequestItems: dict[str, list[Any]]) -> Any:
        self.calls += 1
        requests = RequestItems["threads"]
        done = int(len(requests) * self.share + self.share)
        self.deleted += [each["DeleteRequest"]["Key"]["sk"]["S"] for each in requests[:done]]
        return {"UnprocessedItems": {"threads": requests[done:]} if requests[done:] else {}}


def table_of(client: Any) -> ThreadsTable:
    return ThreadsTable(lambda: client, "threads", jitter=lambda: 0.0)


async def test_unprocessed_deletes_are_repeated() -> None:
    client = Halving()
    sorts = [f"item#{number:02}" for number in range(30)]
    await table_of(client).delete_all("p", sorts)
    assert client.deleted == sorts


async def test_a_batch_that_never_ends_is_given_up() -> None:
    client = Halving(share=0)
    with pytest.raises(StoreUnavailable):
        await table_of(client).delete_all("p", ["item#1"])
    assert client.calls == DELETE_ATTEMPTS


async def test_what_a_turn_leaves_is_given_up_sooner() -> None:
    client = Halving(share=0)
    with pytest.raises(StoreUnavailable):
        await table_of(client).put_all([new_row("p", "item#1", "{}", 5)])
    assert client.calls == PUT_ATTEMPTS < DELETE_ATTEMPTS


async def test_an_update_leaves_a_row_that_carries_an_attribute(table: ThreadsTable) -> None:
    await table.put(new_row("p", "item#1", "{}", 5) | {"deleted": {"BOOL": True}})
    with pytest.raises(RowMissing):
        await table.update("p", "item#1", {"expires_at": {"N": "9"}}, unless="deleted")
    with pytest.raises(RowMissing):
        await table.update("p", "item#2", {"expires_at": {"N": "9"}})


async def test_a_new_row_takes_the_place_of_an_expired_one_only(table: ThreadsTable) -> None:
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


async def test_a_put_tells_what_it_replaced(table: ThreadsTable) -> None:
    assert await table.put(new_row("p", "item#1", '"old"', 1)) is None
    replaced = await table.put(new_row("p", "item#1", '"new"', 1))
    assert replaced
    assert replaced["body"] == {"S": '"old"'}
