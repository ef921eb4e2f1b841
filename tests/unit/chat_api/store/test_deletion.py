"""Deleted threads and items are hidden at once and deleted with everything they own."""

from collections.abc import Callable

import pytest
from chatkit.store import NotFoundError
from chatkit.types import ThreadMetadata

from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.store.retention import DAY
from chat_api.store.snapshots import Snapshot
from chat_api.store.transcript import Transcript
from tests.unit.chat_api.conftest import Clock
from tests.unit.chat_api.store.conversation import (
    CREATED,
    big_text,
    message,
    new_thread,
    objects,
    request_of,
    rows,
    say,
    texts,
)


async def test_items_written_after_a_deletion_are_never_shown(
    store: DynamoStore, transcript: Transcript, clock: Clock
) -> None:
    late, thread = request_of("alice"), await new_thread(store)
    [item] = await say(store, thread, "one")
    await store.load_thread(thread.id, late)
    await store.delete_thread(thread.id, request_of("alice"))
    await store.add_thread_item(thread.id, item, late)
    await transcript.save(thread.id, item.id, ["turn"], late)
    snapshots = store.snapshots
    turn = Snapshot("turn_1", "so far", clock.now, clock.now + 20 * DAY)
    await snapshots.write(thread.id, turn, late)
    later = store.mint("message")
    # In the second round, the tombstone has expired.
    for _ in range(2):
        seen = request_of("alice")
        assert await texts(store, thread, seen) == []
        assert (await transcript.before(thread.id, later, 1000, seen)).turns == []
        assert await snapshots.read(thread.id, seen) is None
        assert await store.load_feedback(thread.id, [item.id], seen) == {}
        with pytest.raises(NotFoundError):
            await store.load_item(thread.id, item.id, seen)
        clock.now += 10 * DAY


@pytest.mark.parametrize("thread_id", ["thr_01m7q5cqg0wa23tfg3y5zspp6m", "imported"])
async def test_a_request_that_knows_a_thread_is_missing_writes_nothing_to_it(
    store: DynamoStore,
    transcript: Transcript,
    clock: Clock,
    context: RequestContext,
    thread_id: str,
) -> None:
    with pytest.raises(NotFoundError):
        await store.load_thread(thread_id, context)
    thread = await new_thread(store)
    item = message(store, thread)
    turn = Snapshot("turn_1", "so far", clock.now, clock.now + 60)
    for write in (
        store.add_thread_item(thread_id, item, context),
        store.save_item(thread_id, item, context),
        store.delete_thread_item(thread_id, item.id, context),
        transcript.take_back(thread_id, item.id, [], context),
        store.save_feedback(thread_id, [item.id], "positive", context),
        transcript.save(thread_id, item.id, [], context),
        store.snapshots.write(thread_id, turn, context),
    ):
        with pytest.raises(NotFoundError):
            await write
    assert len(rows()) == 1


async def test_a_thread_known_to_be_missing_is_not_read_again(
    store: DynamoStore, context: RequestContext, requests: list[str]
) -> None:
    with pytest.raises(NotFoundError):
        await store.load_thread("thr_01m7q5cqg0wa23tfg3y5zspp6m", context)
    requests.clear()
    page = await store.load_thread_items("thr_01m7q5cqg0wa23tfg3y5zspp6m", None, 20, "asc", context)
    assert page.data == []
    assert requests == []


async def test_a_threads_objects_are_deleted_before_the_rows_that_name_them(
    store: DynamoStore, requests: list[str]
) -> None:
    thread = await new_thread(store)
    await say(store, thread, big_text())
    requests.clear()
    await store.delete_thread(thread.id, request_of("alice"))
    assert requests[:4] == ["UpdateItem", "Query", "DeleteObjects", "BatchWriteItem"]
    assert objects() == []


async def test_an_item_already_read_is_deleted_in_one_request(
    store: DynamoStore, context: RequestContext, requests: list[str]
) -> None:
    thread = await new_thread(store)
    [item] = await say(store, thread, "one")
    await store.load_thread(thread.id, context)
    await texts(store, thread, context)
    requests.clear()
    await store.delete_thread_item(thread.id, item.id, context)
    assert requests == ["BatchWriteItem"]


async def test_deleting_an_item_deletes_its_feedback_and_its_turn(
    store: DynamoStore, transcript: Transcript, context: RequestContext
) -> None:
    thread = await new_thread(store)
    [item] = await say(store, thread, "one")
    await store.save_feedback(thread.id, [item.id], "positive", context)
    await transcript.save(thread.id, item.id, ["turn"], context)
    await store.delete_thread_item(thread.id, item.id, context)
    assert [row["sk"]["S"].split("#")[0] for row in rows()] == ["thread"]


async def test_everything_after_a_message_is_deleted_in_few_requests(
    store: DynamoStore, transcript: Transcript, context: RequestContext, requests: list[str]
) -> None:
    thread = await new_thread(store)
    said = await say(store, thread, *map(str, range(40)))
    for item in said[:3]:
        await transcript.save(thread.id, item.id, [item.id], request_of("alice"))
        await store.save_feedback(thread.id, [item.id], "positive", request_of("alice"))
    await store.load_item(thread.id, said[0].id, context)
    requests.clear()
    await transcript.take_back(thread.id, said[0].id, [], context)
    # The newest turn has 40 rows: 38 items, a transcript and a feedback row. The turn before it has
    # three, and the message's own transcript is replaced.
    assert requests.count("Query") == 3
    assert requests.count("BatchWriteItem") == 3
    assert await texts(store, thread, request_of("alice")) == ["0"]
    assert len(rows()) == 4


async def test_nothing_is_deleted_after_a_message_that_does_not_exist(
    store: DynamoStore, transcript: Transcript, context: RequestContext
) -> None:
    thread = await new_thread(store)
    nowhere = store.mint("message")
    await say(store, thread, "one")
    with pytest.raises(NotFoundError, match=f"Item {nowhere} not found"):
        await transcript.take_back(thread.id, nowhere, [], context)
    assert await texts(store, thread, context) == ["one"]


REQUESTS_OF_A_DELETION = ["UpdateItem", "Query", "PutItem", "BatchWriteItem"]


async def test_a_tombstone_is_copied_before_it_leaves_the_listings(
    store: DynamoStore, requests: list[str]
) -> None:
    """One batch has no order: a process that dies during it could leave neither row."""
    thread = await new_thread(store)
    requests.clear()
    await store.delete_thread(thread.id, request_of("alice"))
    assert requests == REQUESTS_OF_A_DELETION


async def test_a_repeated_deletion_makes_one_more_request_for_the_tombstone(
    store: DynamoStore, requests: list[str]
) -> None:
    thread = await new_thread(store)
    await store.delete_thread(thread.id, request_of("alice"))
    requests.clear()
    await store.delete_thread(thread.id, request_of("alice"))
    assert requests == ["UpdateItem", "GetItem", *REQUESTS_OF_A_DELETION[1:]]


async def test_a_new_thread_is_saved_in_one_request_and_others_in_two(
    store: DynamoStore, context: RequestContext, requests: list[str]
) -> None:
    for id, expected in (
        (store.generate_thread_id(context), ["PutItem"]),
        (store.mint("thread"), ["PutItem", "GetItem"]),
    ):
        requests.clear()
        await store.save_thread(ThreadMetadata(id=id, created_at=CREATED), context)
        assert requests == expected


def in_another_request(context: RequestContext) -> RequestContext:
    return request_of("alice")


def in_the_creating_turn(context: RequestContext) -> RequestContext:
    """Return the context of the turn that created the thread, which knows that it did."""
    return context


@pytest.mark.parametrize("late", [in_another_request, in_the_creating_turn])
@pytest.mark.parametrize("thread_id", [None, "imported"])
async def test_a_save_never_restores_a_deleted_thread(
    store: DynamoStore,
    context: RequestContext,
    late: Callable[[RequestContext], RequestContext],
    thread_id: str | None,
) -> None:
    id = thread_id or store.generate_thread_id(context)
    thread = ThreadMetadata(id=id, created_at=CREATED)
    await store.save_thread(thread, context)
    await store.delete_thread(thread.id, request_of("alice"))
    left = rows()
    with pytest.raises(NotFoundError, match=f"Thread {thread.id} not found"):
        await store.save_thread(thread.model_copy(update={"title": "Late"}), late(context))
    assert [row["sk"] for row in rows()] == [row["sk"] for row in left]
