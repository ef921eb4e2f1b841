"""A request's cache of the table, which answers only from what it has read or written."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from chat_api.request_cache import Partition
from chat_api.request_context import RequestContext
from chat_api.store.aws_calls import StoreUnavailable
from chat_api.store.blobs import Blobs
from chat_api.store.dynamo import DynamoStore
from chat_api.store.retention import Retention
from chat_api.store.rows import key
from chat_api.store.table import ThreadsTable
from chatcore.ids import TimeOrderedIds
from tests.unit.chat_api.conftest import Clock
from tests.unit.chat_api.store.conversation import (
    message,
    new_thread,
    request_of,
    say,
    text_of,
    texts,
)

if TYPE_CHECKING:
    from chat_api.store.rows import Row


async def test_the_sdks_calls_of_one_turn_make_four_requests(
    store: DynamoStore, context: RequestContext, requests: list[str]
) -> None:
    thread = await new_thread(store)
    await say(store, thread, *map(str, range(30)))
    requests.clear()
    await store.load_thread(thread.id, context)
    await store.add_thread_item(thread.id, message(store, thread, "asked"), context)
    assert len(await texts(store, thread, context, 20)) == 20
    assert await texts(store, thread, context, 2) == ["asked", "29"]
    await store.add_thread_item(thread.id, message(store, thread, "answered"), context)
    assert requests == ["GetItem", "PutItem", "Query", "PutItem"]
    assert await texts(store, thread, context, 2) == ["answered", "asked"]
    assert len(requests) == 4


@pytest.mark.parametrize("limit", [1, 3, 4])
async def test_a_complete_oldest_first_listing_is_cached_in_both_orders(
    store: DynamoStore, context: RequestContext, requests: list[str], limit: int
) -> None:
    thread = await new_thread(store)
    await say(store, thread, "one", "two", "three")
    after, more = None, True
    while more:
        page = await store.load_thread_items(thread.id, after, limit, "asc", context)
        after, more = page.after, page.has_more
    requests.clear()
    assert (await texts(store, thread, context, 1)) == ["three"]
    assert requests == []


async def test_an_incomplete_oldest_first_listing_proves_nothing_about_the_newest_items(
    store: DynamoStore, context: RequestContext
) -> None:
    thread = await new_thread(store)
    await say(store, thread, "one", "two", "three")
    await store.load_thread_items(thread.id, None, 1, "asc", context)
    assert await texts(store, thread, context) == ["three", "two", "one"]


async def test_a_longer_page_reads_only_uncached_rows(
    store: DynamoStore, context: RequestContext, requests: list[str]
) -> None:
    thread = await new_thread(store)
    said = [str(number) for number in range(30)]
    await say(store, thread, *said)
    await texts(store, thread, context, 10)
    requests.clear()
    assert await texts(store, thread, context, 25) == said[:4:-1]
    assert requests == ["Query"]


async def test_a_request_caches_what_it_has_written_and_deleted(
    store: DynamoStore, context: RequestContext, requests: list[str]
) -> None:
    thread = await new_thread(store)
    first, second = await say(store, thread, "one", "two")
    await texts(store, thread, context)
    changed = message(store, thread, "changed", id=first.id)
    await store.save_item(thread.id, changed, context)
    await store.delete_thread_item(thread.id, second.id, context)
    requests.clear()
    assert await texts(store, thread, context) == ["changed"]
    assert await store.load_item(thread.id, first.id, context) == changed
    assert requests == []


async def test_a_caller_can_change_what_it_has_read_without_changing_the_cache(
    store: DynamoStore, context: RequestContext
) -> None:
    thread = await new_thread(store)
    [item] = await say(store, thread, "one")
    (await store.load_thread(thread.id, context)).title = "changed"
    read = await store.load_item(thread.id, item.id, context)
    read.thread_id = "changed"
    assert await store.load_thread(thread.id, context) == thread
    assert await store.load_item(thread.id, item.id, context) == item


async def test_another_request_sees_later_writes(
    store: DynamoStore, context: RequestContext
) -> None:
    thread = await new_thread(store)
    assert await texts(store, thread, context) == []
    await say(store, thread, "since")
    assert await texts(store, thread, request_of("alice")) == ["since"]


class UnacknowledgedPuts(ThreadsTable):
    """Loses the acknowledgment of each put."""

    async def put(self, row: Row) -> Row | None:
        await super().put(row)
        raise StoreUnavailable


class OvertakenTable(ThreadsTable):
    """Runs the next of `overtaking_writes`, if any, right before each conditional put."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.overtaking_writes: list[Coroutine[Any, Any, None]] = []

    async def put_over(self, row: Row, old: Row) -> None:
        if self.overtaking_writes:
            await self.overtaking_writes.pop(0)
        await super().put_over(row, old)


async def test_a_row_is_read_again_after_a_failed_write(
    store: DynamoStore, blobs: Blobs, clock: Clock, context: RequestContext
) -> None:
    thread = await new_thread(store)
    [item] = await say(store, thread, "one")
    table = UnacknowledgedPuts(lambda: boto3.client("dynamodb"), "threads")
    failing = DynamoStore(table, blobs, Retention(30, clock), TimeOrderedIds())
    await texts(failing, thread, context)
    with pytest.raises(StoreUnavailable):
        await failing.save_item(thread.id, message(store, thread, "two", id=item.id), context)
    assert text_of(await failing.load_item(thread.id, item.id, context)) == "two"
    assert await texts(failing, thread, context) == ["two"]


def test_a_row_is_not_cached_after_two_overlapping_writes() -> None:
    partition = Partition()
    partition.rows["item#1"] = key("p", "item#1")
    partition.known_from = ""
    with partition.writing("item#1") as first, partition.writing("item#1") as second:
        first["item#1"], second["item#1"] = None, None
    assert partition.rows == {}
    assert partition.known_from is None


def test_the_version_changes_when_a_write_begins_and_when_it_ends() -> None:
    partition = Partition()
    before = partition.version
    with partition.writing("item#1"):
        during = partition.version
    assert len({before, during, partition.version}) == 3


async def test_a_save_keeps_concurrent_changes_of_other_requests(
    table: ThreadsTable, blobs: Blobs, clock: Clock
) -> None:
    """Only the fields that the request itself has changed overwrite the stored ones."""
    others = DynamoStore(table, blobs, Retention(30, clock), TimeOrderedIds())
    overtaken = OvertakenTable(lambda: boto3.client("dynamodb"), "threads")
    store = DynamoStore(overtaken, blobs, Retention(30, clock), TimeOrderedIds())
    thread, context = await new_thread(others), request_of("alice")
    mine = await store.load_thread(thread.id, context)
    mine.metadata = {"mine": True}
    overtaken.overtaking_writes = [
        others.save_thread(thread.model_copy(update={"title": title}), request_of("alice"))
        for title in ("first", "second")
    ]
    await store.save_thread(mine, context)
    stored = await others.load_thread(thread.id, request_of("alice"))
    assert (stored.title, stored.metadata) == ("second", {"mine": True})
