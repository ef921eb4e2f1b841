"""A new message closes what waits in two writes; if one fails, the next message finishes it."""

from typing import Any

import pytest
from agents.testing import assistant_message

from chat_api.store.aws_calls import StoreUnavailable
from chat_api.store.dynamo import DynamoStore
from chat_api.store.transcript import Transcript
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.waiting_turns import ASK, TIME, asked, give, submit
from tests.unit.chat_api.wire import done, of_type, results, types


@pytest.fixture
def fail_once(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that makes the next call of a method fail without a write."""

    def fail(owner: object, name: str) -> None:
        real = getattr(owner, name)

        async def failing(*_arguments: object, **_named: object) -> None:
            monkeypatch.setattr(owner, name, real)
            raise StoreUnavailable

        monkeypatch.setattr(owner, name, failing)

    return fail


async def fail_to_answer(chat: Chat, thread: str) -> None:
    assert (await chat.say("Forget it", thread))[-1]["type"] == "error"


async def finish(chat: Chat, thread: str) -> list[dict[str, Any]]:
    """Send a message that is answered, and return the events."""
    chat.model.extend([[assistant_message("Never mind.")]])
    events = await chat.say("Forget it, please", thread)
    assert types(done(events))[-1] == "end_of_turn"
    return events


@pytest.mark.parametrize("writes", ["item", "turn"])
async def test_question_is_skipped_by_the_next_message_if_closing_it_failed(
    chat: Chat, store: DynamoStore, transcript: Transcript, fail_once: Any, writes: str
) -> None:
    thread, form = await asked(chat, ASK)
    fail_once(*((store, "replace_item") if writes == "item" else (transcript, "save")))
    await fail_to_answer(chat, thread)
    events = await finish(chat, thread)
    [shown] = of_type(await chat.shown(thread), "structured_input")
    assert shown["status"] == "skipped"
    replaced = [event["item"] for event in events if event["type"] == "thread.item.replaced"]
    assert replaced == [shown], "the page learns that the question is closed"
    assert len(results(chat)) == 1
    assert (await submit(chat, form, "milk")).status_code == 409


@pytest.mark.parametrize("writes", ["item", "turn"])
async def test_client_tool_call_is_removed_by_the_next_message_if_closing_it_failed(
    chat: Chat, store: DynamoStore, transcript: Transcript, fail_once: Any, writes: str
) -> None:
    thread, _ = await asked(chat, TIME)
    fail_once(*((store, "delete_thread_item") if writes == "item" else (transcript, "save")))
    await fail_to_answer(chat, thread)
    await finish(chat, thread)
    assert of_type(await chat.shown(thread), "client_tool_call") == []
    assert len(results(chat)) == 1
    assert (await give(chat, thread, "12:00")).status_code == 409


async def test_question_is_skipped_after_a_failed_message_was_answered_again_and_failed_again(
    chat: Chat, store: DynamoStore, fail_once: Any
) -> None:
    thread, form = await asked(chat, ASK)
    fail_once(store, "replace_item")
    await fail_to_answer(chat, thread)
    failed = of_type(await chat.shown(thread), "user_message")[-1]
    fail_once(store, "replace_item")
    # The message's own turn is stored as a stopped one before the question is closed.
    again = await chat.send("threads.retry_after_item", thread_id=thread, item_id=failed["id"])
    assert chat.events(again)[-1]["type"] == "error"
    await finish(chat, thread)
    [shown] = of_type(await chat.shown(thread), "structured_input")
    assert (shown["id"], shown["status"]) == (form["id"], "skipped")
