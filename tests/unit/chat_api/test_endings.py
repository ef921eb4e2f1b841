"""Every started item ends, in the stream and in the store, however the answer ends.

`Chat.say` fails for a stream that leaves an item open.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from agents.items import TResponseStreamEvent
from agents.testing import ModelStep, assistant_message, function_call
from chatkit.types import AssistantMessageItem, ThreadItem
from openai.types.responses import (
    ResponseImageGenCallPartialImageEvent,
    ResponseOutputItemAddedEvent,
    ResponseOutputMessage,
    ResponseOutputRefusal,
    ResponseReasoningItem,
)
from openai.types.responses.response_output_item import ImageGenerationCall

from chat_api.request_context import RequestContext
from chat_api.store.aws_calls import StoreUnavailable
from chat_api.store.dynamo import DynamoStore
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.test_failures import broken_off, part_of_an_answer
from tests.unit.chat_api.wire import REQUEST, done, of_type, thread_of, types

ADD = function_call("add_task", {"title": "buy milk"}, call_id="c1")
FAILURE = openai.APIConnectionError(request=REQUEST)


def streamed(*events: TResponseStreamEvent, error: Exception | None = None) -> ModelStep:
    """Return an answer of these events. Each one is read before the error is raised."""

    async def stream(_call: object) -> AsyncIterator[TResponseStreamEvent]:
        for event in events:
            yield event
        for _ in range(20):
            await asyncio.sleep(0)
        if error:
            raise error

    return ModelStep(stream_events=stream)


def added(item: Any) -> ResponseOutputItemAddedEvent:
    return ResponseOutputItemAddedEvent(
        type="response.output_item.added", item=item, output_index=0, sequence_number=0
    )


def refusal(text: str) -> ResponseOutputMessage:
    content = [ResponseOutputRefusal(type="refusal", refusal=text)]
    return ResponseOutputMessage(
        id="m", type="message", role="assistant", status="completed", content=list(content)
    )


async def kinds(chat: Chat, events: Any) -> list[str]:
    """Return the types of the items after the user's message."""
    return [item["type"] for item in await chat.shown(thread_of(events))][1:]


async def test_model_refusal_is_shown_verbatim_and_remembered(chat: Chat) -> None:
    chat.model.extend([[refusal("I cannot help with that.")], [assistant_message("Hello!")]])
    events = await chat.say("Hi")
    thread = thread_of(events)
    deltas = [event["update"]["delta"] for event in events if "delta" in event.get("update", {})]
    assert "".join(deltas) == "I cannot help with that."
    assert (await chat.items(thread))[-1] == ("assistant_message", "I cannot help with that.")
    assert done(events)[-1]["type"] == "end_of_turn"
    await chat.say("Why?", thread)
    assert "I cannot help with that." in str(chat.last_call.input)


async def test_message_that_fails_before_its_first_word_is_removed(chat: Chat) -> None:
    [begun, *_] = part_of_an_answer("")
    chat.model.extend([streamed(begun, error=FAILURE)])
    events = await chat.say("Hi")
    assert types(events)[-1] == "error"
    assert await kinds(chat, events) == []


async def test_empty_answer_is_reported(chat: Chat) -> None:
    chat.model.extend([[]])
    events = await chat.say("Hi")
    assert events[-1]["type"] == "error"
    assert events[-1]["allow_retry"] is True
    assert "gave no answer" in events[-1]["message"]


async def test_blank_message_is_removed_and_reported_as_empty(chat: Chat) -> None:
    chat.model.extend([[assistant_message(" \n")]])
    events = await chat.say("Hi")
    assert "gave no answer" in events[-1]["message"]
    assert await kinds(chat, events) == []


async def test_blank_message_before_a_call_is_removed(chat: Chat) -> None:
    chat.model.extend([[assistant_message("\n\n"), ADD], [assistant_message("Added.")]])
    events = await chat.say("Add buy milk")
    assert await kinds(chat, events) == ["workflow", "assistant_message", "widget", "end_of_turn"]


async def test_tool_calls_without_an_answer_are_kept_and_reported(chat: Chat) -> None:
    chat.model.extend([[ADD], []])
    events = await chat.say("Add buy milk")
    [notice] = of_type(events, "notice")
    assert "no answer in words" in notice["message"]
    assert await kinds(chat, events) == ["workflow", "widget", "end_of_turn"]


@pytest.mark.parametrize("then", [[], FAILURE])
async def test_finished_work_is_not_reported_as_interrupted(chat: Chat, then: Any) -> None:
    chat.model.extend([[ADD], then])
    events = await chat.say("Add buy milk")
    [item] = of_type(await chat.shown(thread_of(events)), "workflow")
    assert item["workflow"]["summary"].keys() == {"duration"}


async def test_interrupted_reasoning_is_reported_as_interrupted(chat: Chat) -> None:
    thinking = ResponseReasoningItem(id="rs", type="reasoning", summary=[])
    chat.model.extend([streamed(added(thinking), error=FAILURE)])
    events = await chat.say("Hi")
    [item] = of_type(await chat.shown(thread_of(events)), "workflow")
    assert item["workflow"]["summary"]["title"] == "Interrupted"


@pytest.mark.parametrize("pieces", [0, 1])
async def test_failed_image_is_removed_and_its_partial_images_are_never_sent(
    chat: Chat, pieces: int
) -> None:
    call = ImageGenerationCall(id="ig", type="image_generation_call", status="in_progress")
    piece = ResponseImageGenCallPartialImageEvent(
        type="response.image_generation_call.partial_image",
        item_id="ig",
        output_index=0,
        partial_image_b64="eA==",
        partial_image_index=0,
        sequence_number=1,
    )
    chat.model.extend([streamed(added(call), *[piece] * pieces, error=FAILURE)])
    events = await chat.say("Paint")
    assert await kinds(chat, events) == []
    assert "eA==" not in str(events)


async def test_message_that_cannot_be_stored_is_removed(
    chat: Chat, store: DynamoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_item = store.add_thread_item

    async def add(thread_id: str, item: ThreadItem, context: RequestContext) -> None:
        if isinstance(item, AssistantMessageItem):
            raise StoreUnavailable
        await add_item(thread_id, item, context)

    monkeypatch.setattr(store, "add_thread_item", add)
    chat.model.extend([[assistant_message("Lost.")]])
    events = await chat.say("Hi")
    assert types(events)[-2:] == ["thread.item.removed", "error"]
    assert await kinds(chat, events) == []


async def test_single_store_failure_loses_no_text(
    chat: Chat, store: DynamoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_item = store.add_thread_item

    async def add(thread_id: str, item: ThreadItem, context: RequestContext) -> None:
        if isinstance(item, AssistantMessageItem):
            monkeypatch.undo()
            raise StoreUnavailable
        await add_item(thread_id, item, context)

    monkeypatch.setattr(store, "add_thread_item", add)
    chat.model.extend([[assistant_message("Found.")]])
    events = await chat.say("Hi")
    assert types(events)[-2:] == ["thread.item.done", "error"]
    assert (await chat.items(thread_of(events)))[-1] == ("assistant_message", "Found.")


async def test_message_being_stored_when_the_turn_stops_is_kept_once(
    chat: Chat, store: DynamoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_item = store.add_thread_item
    storing, may_continue = asyncio.Event(), asyncio.Event()

    async def add(thread_id: str, item: ThreadItem, context: RequestContext) -> None:
        await add_item(thread_id, item, context)
        if isinstance(item, AssistantMessageItem):
            monkeypatch.undo()
            storing.set()
            await may_continue.wait()

    monkeypatch.setattr(store, "add_thread_item", add)
    chat.model.extend([[assistant_message("Once.")]])
    pending = asyncio.create_task(chat.say("Hi"))
    await storing.wait()
    [turn] = chat.gate.row("alice").turns
    chat.gate.cancel_turn("alice", turn.id)
    events = await pending
    assert types(events)[-1] == "thread.item.done"
    assert (await chat.items(thread_of(events)))[1:] == [("assistant_message", "Once.")]


async def test_stopped_answer_ends_its_message_for_remaining_listeners(
    chat: Chat,
) -> None:
    begun = asyncio.Event()

    async def stream(_call: object) -> AsyncIterator[TResponseStreamEvent]:
        for event in part_of_an_answer("Once upon"):
            yield event
        begun.set()
        await asyncio.Event().wait()

    chat.model.extend([ModelStep(stream_events=stream)])
    pending = asyncio.create_task(chat.say("Hi"))
    await begun.wait()
    [turn] = chat.gate.row("alice").turns
    chat.gate.cancel_turn("alice", turn.id)
    events = await pending
    assert types(events)[-1] == "thread.item.done"
    [message] = of_type(await chat.shown(thread_of(events)), "assistant_message")
    assert message["content"][0]["text"] == "Once upon"


async def test_message_that_fails_before_it_is_complete_is_kept_once(chat: Chat) -> None:
    chat.model.extend([broken_off("Once upon", FAILURE)])
    events = await chat.say("Hi")
    assert await kinds(chat, events) == ["assistant_message"]
