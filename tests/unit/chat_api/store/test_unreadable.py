"""Unreadable rows are skipped and logged without their text, and hide no other row."""

from typing import Any

import pytest
from chatkit.store import NotFoundError

from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.store.transcript import Transcript
from tests.unit.chat_api.store.conversation import (
    message,
    new_thread,
    put_row,
    request_of,
    rows,
    say,
    texts,
)

SPOILED: list[dict[str, Any]] = [
    {"body": {"S": '{"type": "hunter2"}'}},
    {"body": {"S": "hunter2"}},
    {"body": {"B": b"hunter2"}},
    {"body": {"N": "1"}},
    {"body": {"NULL": True}},
    {"body": {"S": ""}},
]


@pytest.mark.parametrize("spoiled", SPOILED, ids=str)
async def test_an_unreadable_item_hides_no_other(
    store: DynamoStore,
    context: RequestContext,
    logged: list[dict[str, Any]],
    spoiled: dict[str, Any],
) -> None:
    thread = await new_thread(store)
    [_, second, _] = await say(store, thread, "one", "two", "three")
    [stored] = [row for row in rows() if row["sk"]["S"].endswith(second.id[4:] + "#msg")]
    put_row({**stored, **spoiled})
    assert await texts(store, thread, context, 2) == ["three", "one"]
    with pytest.raises(NotFoundError):
        await store.load_item(thread.id, second.id, request_of("alice"))
    with pytest.raises(ValueError, match=second.id):
        await store.add_thread_item(thread.id, message(store, thread, id=second.id), context)
    assert {line["message"] for line in logged} == {"row_unreadable"}
    assert {line["sort_key"] for line in logged} == {stored["sk"]["S"]}
    assert "hunter2" not in str(logged)


async def test_an_item_with_an_unreadable_expiry_is_skipped(
    store: DynamoStore, context: RequestContext
) -> None:
    thread = await new_thread(store)
    await say(store, thread, "one")
    [stored] = [row for row in rows() if row["sk"]["S"].startswith("item#")]
    put_row(stored | {"expires_at": {"S": "tomorrow"}})
    assert await texts(store, thread, context) == []


@pytest.mark.parametrize("spoiled", ["not json", '{"no": "list"}'])
async def test_an_unreadable_turn_is_skipped(
    store: DynamoStore, transcript: Transcript, context: RequestContext, spoiled: str
) -> None:
    thread = await new_thread(store)
    said = await say(store, thread, "one", "two", "three")
    for item in said[:2]:
        await transcript.save(thread.id, item.id, [item.id], request_of("alice"))
    [first, _] = [row for row in rows() if row["sk"]["S"].startswith("transcript#")]
    put_row(first | {"body": {"S": spoiled}})
    assert (await transcript.before(thread.id, said[2].id, 1000, context)).turns == [said[1].id]


async def test_an_unreadable_thread_is_not_found_until_it_is_saved_again(
    store: DynamoStore, context: RequestContext
) -> None:
    thread = await new_thread(store)
    [stored] = rows()
    put_row(stored | {"body": {"S": "{}"}})
    with pytest.raises(NotFoundError):
        await store.load_thread(thread.id, request_of("alice"))
    assert (await store.load_threads(10, None, "desc", request_of("alice"))).data == []
    await store.save_thread(thread, context)
    assert await store.load_thread(thread.id, request_of("alice")) == thread
