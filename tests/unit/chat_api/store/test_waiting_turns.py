"""The state of a turn that waits: one row, which the transcript replaces."""

from typing import Any

import pytest
from chatkit.types import ThreadMetadata

from chat_api.store.dynamo import DynamoStore
from chat_api.store.keys import is_note
from chat_api.store.transcript import Transcript
from chat_api.store.waiting_turns import HeldCall, Unreadable, WaitingTurn
from chatcore.errors import TooLarge
from tests.unit.chat_api.store.conversation import (
    big_text,
    new_thread,
    objects,
    put_row,
    request_of,
    rows,
    say,
)


def turn(message_id: str, text: str = "Hi") -> WaitingTurn:
    return WaitingTurn(
        message_id=message_id,
        item_id="msg_question",
        said=[{"role": "user", "content": text}],
        made=[{"type": "function_call", "call_id": "c1", "name": "ask_user", "arguments": "{}"}],
        held=[HeldCall("c1", "ask_user", {"questions": [{"question": "?", "options": None}]})],
        tool_calls=[{"tool": "add_task", "result": {"title": "milk"}}],
        call_counts={"digest": 2},
        steps=3,
    )


@pytest.fixture
async def thread(store: DynamoStore) -> ThreadMetadata:
    return await new_thread(store)


@pytest.mark.parametrize("text", ["Hi", big_text(), "half a pair: \ud83d"])
async def test_state_is_read_as_it_was_stored(
    store: DynamoStore, transcript: Transcript, thread: ThreadMetadata, text: str
) -> None:
    stored = turn(store.mint("message"), text)
    await transcript.save_waiting(thread.id, stored, request_of("alice"))
    read = await transcript.waiting_turn(thread.id, stored.message_id, request_of("alice"))
    expected = text.replace("\ud83d", "?")
    assert read == turn(stored.message_id, expected)
    assert await transcript.waiting_turn(thread.id, stored.message_id, request_of("bob")) is None


async def test_transcript_replaces_the_state_and_its_object(
    store: DynamoStore, transcript: Transcript, thread: ThreadMetadata
) -> None:
    waiting = turn(store.mint("message"), big_text())
    await transcript.save_waiting(thread.id, waiting, request_of("alice"))
    assert len(objects()) == 1
    await transcript.save(thread.id, waiting.message_id, waiting.said[:0], request_of("alice"))
    assert objects() == []
    assert await transcript.waiting_turn(thread.id, waiting.message_id, request_of("alice")) is None


async def test_state_replaces_a_transcript_and_is_no_turn_of_the_history(
    store: DynamoStore, transcript: Transcript, thread: ThreadMetadata
) -> None:
    first, second = store.mint("message"), store.mint("message")
    said = [{"role": "user", "content": "Hello"}]
    for message in (first, second):
        await transcript.save(thread.id, message, said, request_of("alice"))
    await transcript.save_waiting(thread.id, turn(second), request_of("alice"))
    later = store.mint("message")
    earlier = await transcript.before(thread.id, later, 100_000, request_of("alice"))
    assert (earlier.turns, earlier.waiting) == (said, (turn(second),))


async def test_deleted_thread_leaves_no_state(
    store: DynamoStore, transcript: Transcript, thread: ThreadMetadata
) -> None:
    message_id = store.mint("message")
    await transcript.save_waiting(thread.id, turn(message_id, big_text()), request_of("alice"))
    await store.delete_thread(thread.id, request_of("alice"))
    assert objects() == []
    assert await transcript.waiting_turn(thread.id, message_id, request_of("alice")) is None


async def test_state_expires_with_its_thread(
    store: DynamoStore, transcript: Transcript, thread: ThreadMetadata, clock: Any
) -> None:
    message_id = store.mint("message")
    await transcript.save_waiting(thread.id, turn(message_id), request_of("alice"))
    clock.now += 31 * 86_400
    await store.save_thread(thread, request_of("alice"))
    assert await transcript.waiting_turn(thread.id, message_id, request_of("alice")) is None


async def test_any_number_of_notes_after_the_state_does_not_hide_it(
    store: DynamoStore, transcript: Transcript, thread: ThreadMetadata
) -> None:
    waiting = turn(store.mint("message"))
    await transcript.save_waiting(thread.id, waiting, request_of("alice"))
    for number in range(20):
        # Notes after different items are in different rows.
        await say(store, thread, "Hello")
        await store.add_note(thread.id, f"Pressed {number}", request_of("alice"))
    assert len([row for row in rows() if is_note(row["sk"]["S"])]) == 20
    read = await transcript.waiting_turn(thread.id, waiting.message_id, request_of("alice"))
    assert read == waiting


async def test_state_beyond_five_megabytes_is_refused(
    store: DynamoStore, transcript: Transcript, thread: ThreadMetadata
) -> None:
    with pytest.raises(TooLarge):
        await transcript.save_waiting(
            thread.id, turn(store.mint("message"), "x" * 5_300_000), request_of("alice")
        )


async def test_state_of_another_version_is_dropped_and_its_items_stay(
    store: DynamoStore, transcript: Transcript, thread: ThreadMetadata
) -> None:
    message_id = store.mint("message")
    await transcript.save_waiting(thread.id, turn(message_id), request_of("alice"))
    [row] = [row for row in rows() if "waiting" in row]
    put_row(row | {"waiting": {"N": "2"}})
    read = await transcript.waiting_turn(thread.id, message_id, request_of("alice"))
    assert isinstance(read, Unreadable)
    await transcript.drop_waiting(thread.id, message_id, request_of("alice"))
    assert await transcript.waiting_turn(thread.id, message_id, request_of("alice")) is None
