"""Requests that read a thread before another request deleted it."""

from dataclasses import replace

import pytest
from chatkit.store import NotFoundError
from chatkit.types import ThreadMetadata

from chat_api.request_cache import RequestCache
from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from tests.unit.chat_api.deletion.steps import kinds
from tests.unit.chat_api.store.conversation import (
    CREATED,
    new_thread,
    request_of,
    say,
)


async def test_thread_deleted_after_it_was_read_cannot_be_renamed_or_named(
    store: DynamoStore,
) -> None:
    late, thread = request_of("alice"), await new_thread(store)
    read = await store.load_thread(thread.id, late)
    await store.delete_thread(thread.id, request_of("alice"))
    read.title = "Title"
    with pytest.raises(NotFoundError):
        await store.save_thread(read, late)
    with pytest.raises(NotFoundError):
        await store.name_thread(thread.id, "Title", late)
    assert kinds() == ["deleted"]
    assert store.knows_deleted(thread.id, late)


async def test_feedback_in_a_deleted_thread_is_refused_and_not_stored(
    store: DynamoStore,
) -> None:
    late, thread = request_of("alice"), await new_thread(store)
    items = await say(store, thread, "one", "two")
    for item in items:
        await store.load_item(thread.id, item.id, late)
    await store.delete_thread(thread.id, request_of("alice"))
    with pytest.raises(NotFoundError):
        await store.save_feedback(thread.id, [item.id for item in items], "positive", late)
    assert kinds() == ["deleted"]


async def test_is_deleted_reads_the_thread_again_and_only_its_own_request_remembers(
    store: DynamoStore, context: RequestContext
) -> None:
    thread = ThreadMetadata(id=store.mint("thread"), created_at=CREATED)
    await store.save_thread(thread, context)
    assert not await store.is_deleted(thread.id, context)
    await store.hide_thread(thread.id, request_of("alice"))
    assert not store.knows_deleted(thread.id, replace(context, cache=RequestCache()))
    assert await store.is_deleted(thread.id, context)
    assert store.knows_deleted(thread.id, context)
