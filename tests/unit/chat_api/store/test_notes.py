"""Notes about what the user did between two turns, and items that are replaced."""

import asyncio
import json
from typing import Any

import pytest
from chatkit.store import NotFoundError
from chatkit.types import (
    InferenceOptions,
    ThreadMetadata,
    UserMessageItem,
    UserMessageTextContent,
)

from chat_api.conversation.history import History, stopped
from chat_api.conversation.replies import Replies
from chat_api.model.input.hidden_context import hidden_message as hidden
from chat_api.store.dynamo import DynamoStore
from chat_api.store.items import ItemChanged
from chat_api.store.keys import is_note
from chat_api.store.notes import MOST_NOTES, OLDER_NOTES
from chat_api.store.rows import body
from chat_api.store.transcript import Transcript
from tests.unit.chat_api.store.conversation import (
    CREATED,
    big_text,
    message,
    new_thread,
    objects,
    request_of,
    rows,
    say,
    text_of,
)
from tests.unit.chat_api.store.interrupted import Requests


@pytest.fixture
def requests() -> Requests:
    return Requests()


@pytest.fixture
async def thread(store: DynamoStore) -> ThreadMetadata:
    return await new_thread(store)


def notes() -> list[list[Any]]:
    """Return the contents of each row of notes."""
    return [json.loads(body(row)) for row in rows() if is_note(row["sk"]["S"])]


async def note(store: DynamoStore, thread: ThreadMetadata, text: str) -> None:
    await store.add_note(thread.id, text, request_of("alice"))


async def ask(store: DynamoStore, thread: ThreadMetadata, text: str) -> UserMessageItem:
    item = UserMessageItem(
        id=store.mint("message"),
        thread_id=thread.id,
        created_at=CREATED,
        content=[UserMessageTextContent(text=text)],
        inference_options=InferenceOptions(),
    )
    await store.add_thread_item(thread.id, item, request_of("alice"))
    return item


async def model_input(
    store: DynamoStore, transcript: Transcript, thread: ThreadMetadata
) -> list[Any]:
    later = await ask(store, thread, "And now?")
    history = History(transcript, Replies(store, transcript))
    past = await history.before(thread.id, later.id, request_of("alice"), tokens=10_000)
    return past.turns


async def test_a_repeated_note_is_kept_once_as_the_latest(
    store: DynamoStore, thread: ThreadMetadata
) -> None:
    await say(store, thread, "Hi")
    for text in ("a", "b", "a", "a"):
        await note(store, thread, text)
    assert notes() == [[hidden("b"), hidden("a")]]


async def test_concurrent_notes_share_a_row_and_none_is_lost(
    store: DynamoStore, thread: ThreadMetadata
) -> None:
    await say(store, thread, "Hi")
    await asyncio.gather(*(note(store, thread, text) for text in "abcde"))
    [kept] = notes()
    assert sorted(map(str, kept)) == sorted(str(hidden(text)) for text in "abcde")


async def test_only_the_newest_notes_are_kept_after_a_line_about_omitted_ones(
    store: DynamoStore, thread: ThreadMetadata
) -> None:
    await say(store, thread, "Hi")
    numbers = range(MOST_NOTES + 5)
    for number in numbers:
        await note(store, thread, str(number))
    newest = [hidden(str(number)) for number in numbers[-MOST_NOTES:]]
    assert notes() == [[OLDER_NOTES, *newest]]


async def test_notes_keep_their_order_around_a_message_whose_turn_was_lost(
    store: DynamoStore, transcript: Transcript, thread: ThreadMetadata
) -> None:
    kept = await ask(store, thread, "kept")
    turn = [{"role": "user", "content": "kept"}, {"role": "assistant", "content": "ok"}]
    await transcript.save(thread.id, kept.id, turn, request_of("alice"))
    await note(store, thread, "before")
    await ask(store, thread, "lost")
    await say(store, thread, "half an answ")
    await note(store, thread, "after")
    said = await model_input(store, transcript, thread)
    assert said[:3] == [*turn, hidden("before")]
    assert "lost" in str(said[3])
    assert "half an answ" in str(said[4])
    assert said[5:] == [stopped(), hidden("after")]


async def test_a_note_in_a_thread_without_a_lost_message_is_returned_alone(
    store: DynamoStore, transcript: Transcript, thread: ThreadMetadata
) -> None:
    await say(store, thread, "Hi")
    await note(store, thread, "pressed")
    assert await model_input(store, transcript, thread) == [hidden("pressed")]


@pytest.mark.parametrize("operation", ["Query", "PutItem"])
async def test_a_note_leaves_nothing_in_a_thread_deleted_at_the_same_time(
    store: DynamoStore, thread: ThreadMetadata, requests: Requests, operation: str
) -> None:
    await say(store, thread, "Hi")
    requests.complete_before(operation, lambda: store.delete_thread(thread.id, request_of("alice")))
    with pytest.raises(NotFoundError):
        await note(store, thread, "pressed")
    [tombstone] = rows()
    assert "deleted" in tombstone


@pytest.mark.parametrize("text", ["old", big_text()], ids=["in its row", "in the bucket"])
async def test_an_item_is_replaced_and_leaves_no_body_behind(
    store: DynamoStore, thread: ThreadMetadata, text: str
) -> None:
    [item] = await say(store, thread, text)
    new = message(store, thread, "new", id=item.id)
    await store.replace_item(thread.id, new, request_of("alice"))
    found = await store.load_item(thread.id, item.id, request_of("alice"))
    assert text_of(found) == "new"
    assert objects() == []


async def test_replacing_a_deleted_item_does_not_restore_it(
    store: DynamoStore, thread: ThreadMetadata, requests: Requests
) -> None:
    [item] = await say(store, thread, "old")
    new = message(store, thread, big_text(), id=item.id)
    requests.complete_before(
        "PutItem", lambda: store.delete_thread_item(thread.id, item.id, request_of("alice"))
    )
    with pytest.raises(NotFoundError):
        await store.replace_item(thread.id, new, request_of("alice"))
    assert [row for row in rows() if "item#" in row["sk"]["S"]] == []
    assert objects() == []


async def test_an_item_that_changed_since_it_was_read_is_not_replaced(
    store: DynamoStore, thread: ThreadMetadata
) -> None:
    [item] = await say(store, thread, "old")
    mine, context = message(store, thread, "mine", id=item.id), request_of("alice")
    await store.load_item(thread.id, item.id, context)
    await store.save_item(
        thread.id, message(store, thread, "other", id=item.id), request_of("alice")
    )
    with pytest.raises(ItemChanged):
        await store.replace_item(thread.id, mine, context)
    assert text_of(await store.load_item(thread.id, item.id, context)) == "other"
    # The new version has been read now.
    await store.replace_item(thread.id, mine, context)
