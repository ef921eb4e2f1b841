"""Ids of other stores, whose place is stored in a pointer row."""

from datetime import timedelta
from typing import Any

import pytest
from chatkit.store import NotFoundError

from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.store.retention import DAY
from chat_api.store.transcript import Transcript
from tests.unit.chat_api.conftest import Clock
from tests.unit.chat_api.store.conversation import (
    CREATED,
    message,
    new_thread,
    put_row,
    request_of,
    rows,
    say,
    texts,
)


def pointers() -> list[Any]:
    return [row for row in rows() if row["sk"]["S"].startswith("pointer#")]


async def test_the_pointer_is_written_before_its_row(
    store: DynamoStore, context: RequestContext, requests: list[str]
) -> None:
    thread = await new_thread(store)
    requests.clear()
    await store.add_thread_item(thread.id, message(store, thread, id="imported"), context)
    assert requests == ["UpdateItem", "PutItem"]


async def test_a_pointer_is_written_once_in_a_request(
    store: DynamoStore, context: RequestContext, requests: list[str]
) -> None:
    thread = await new_thread(store)
    item = message(store, thread, id="imported")
    await store.add_thread_item(thread.id, item, context)
    requests.clear()
    await store.save_item(thread.id, item, context)
    assert requests == ["PutItem"]


async def test_a_pointer_to_a_missing_row_is_harmless(
    store: DynamoStore, context: RequestContext
) -> None:
    thread = await new_thread(store)
    await store.add_thread_item(thread.id, message(store, thread, id="imported"), context)
    [pointer] = pointers()
    put_row(pointer | {"sk": {"S": "pointer#lost"}, "place": {"S": "0#foreign"}})
    with pytest.raises(NotFoundError):
        await store.load_item(thread.id, "lost", context)
    assert await texts(store, thread, context) == ["hello"]


async def test_a_later_save_with_another_time_does_not_move_an_item(store: DynamoStore) -> None:
    thread = await new_thread(store)
    for id in ("first", "second"):
        at = CREATED + timedelta(hours=1 if id == "second" else 0)
        item = message(store, thread, id, id=id, created_at=at)
        await store.add_thread_item(thread.id, item, request_of("alice"))
    moved = message(store, thread, "first", id="first", created_at=CREATED + timedelta(hours=2))
    await store.save_item(thread.id, moved, request_of("alice"))
    assert await texts(store, thread, request_of("alice")) == ["second", "first"]


@pytest.mark.parametrize("gone", ["deleted", "expired"])
async def test_a_deleted_item_can_be_stored_again_at_another_place(
    store: DynamoStore, clock: Clock, gone: str
) -> None:
    thread = await new_thread(store)
    await store.add_thread_item(
        thread.id, message(store, thread, id="imported"), request_of("alice")
    )
    if gone == "deleted":
        await store.delete_thread_item(thread.id, "imported", request_of("alice"))
    else:
        clock.now += 20 * DAY
        await store.load_thread(thread.id, request_of("alice"))
        clock.now += 20 * DAY
    later = CREATED + timedelta(days=50)
    for id, at in (("imported", later), ("between", CREATED + timedelta(days=1))):
        item = message(store, thread, id, id=id, created_at=at)
        await store.add_thread_item(thread.id, item, request_of("alice"))
    assert await texts(store, thread, request_of("alice")) == ["imported", "between"]


async def test_paging_continues_after_an_item_that_has_been_deleted(
    store: DynamoStore, context: RequestContext
) -> None:
    thread = await new_thread(store)
    await store.add_thread_item(thread.id, message(store, thread, id="imported"), context)
    await say(store, thread, "one", "two")
    first = await store.load_thread_items(thread.id, None, 1, "asc", context)
    assert first.after == "imported"
    await store.delete_thread_item(thread.id, "imported", context)
    second = await store.load_thread_items(thread.id, first.after, 5, "asc", request_of("alice"))
    assert len(second.data) == 2


async def test_a_page_after_an_unknown_id_is_not_found(store: DynamoStore) -> None:
    thread = await new_thread(store)
    with pytest.raises(NotFoundError, match="Item nothing not found"):
        await store.load_thread_items(thread.id, "nothing", 5, "asc", request_of("alice"))
    with pytest.raises(NotFoundError, match="Thread nothing not found"):
        await store.load_threads(5, "nothing", "asc", request_of("alice"))


async def test_an_imported_message_can_have_a_turn(
    store: DynamoStore, transcript: Transcript, context: RequestContext
) -> None:
    thread = await new_thread(store)
    await store.add_thread_item(thread.id, message(store, thread, id="imported"), context)
    await transcript.save(thread.id, "imported", ["turn"], context)
    [later] = await say(store, thread, "later")
    assert (await transcript.before(thread.id, later.id, 1000, request_of("alice"))).turns == [
        "turn"
    ]
    with pytest.raises(NotFoundError):
        await transcript.save(thread.id, "nothing", ["turn"], context)


async def test_a_corrupt_pointer_points_to_nothing(store: DynamoStore) -> None:
    thread = await new_thread(store)
    item = message(store, thread, id="imported")
    await store.add_thread_item(thread.id, item, request_of("alice"))
    [pointer] = pointers()
    del pointer["place"]
    put_row(pointer)
    with pytest.raises(NotFoundError):
        await store.load_item(thread.id, "imported", request_of("alice"))
    await store.save_item(thread.id, item, request_of("alice"))
    assert await store.load_item(thread.id, "imported", request_of("alice")) == item
