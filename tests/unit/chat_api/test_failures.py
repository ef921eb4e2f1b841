"""The chat function over HTTP: what is shown, stored and remembered after a failure."""

import asyncio
import gc
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from agents.items import TResponseStreamEvent
from agents.testing import ModelStep, assistant_message
from chatkit.types import AssistantMessageItem, ThreadItem
from openai.types.responses import (
    ResponseContentPartAddedEvent,
    ResponseOutputItemAddedEvent,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponseTextDeltaEvent,
)

from chat_api.request_context import RequestContext
from chat_api.store.aws_calls import StoreUnavailable
from chat_api.store.dynamo import DynamoStore
from chat_api.store.transcript import Transcript
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.wire import REQUEST, done, of_type, thread_of, types


def part_of_an_answer(text: str) -> list[TResponseStreamEvent]:
    """Return the start of a streamed message, without its end."""
    message = ResponseOutputMessage(
        id="m", type="message", role="assistant", status="in_progress", content=[]
    )
    part = ResponseOutputText(type="output_text", text="", annotations=[])
    position: dict[str, Any] = {"item_id": "m", "output_index": 0, "content_index": 0}
    return [
        ResponseOutputItemAddedEvent(
            type="response.output_item.added", item=message, output_index=0, sequence_number=0
        ),
        ResponseContentPartAddedEvent(
            type="response.content_part.added", part=part, sequence_number=1, **position
        ),
        ResponseTextDeltaEvent(
            type="response.output_text.delta",
            delta=text,
            logprobs=[],
            sequence_number=2,
            **position,
        ),
    ]


def broken_off(text: str, error: Exception) -> ModelStep:
    """Return an answer that streams a text and then fails."""

    async def stream(_call: object) -> AsyncIterator[TResponseStreamEvent]:
        for event in part_of_an_answer(text):
            yield event
        raise error

    return ModelStep(stream_events=stream)


async def test_text_streamed_before_a_failure_is_kept_and_remembered(chat: Chat) -> None:
    cut = openai.APIConnectionError(request=REQUEST)
    chat.model.extend([broken_off("Once upon", cut), [assistant_message("a time.")]])
    events = await chat.say("Tell me a story")
    thread = thread_of(events)
    assert types(events)[-2:] == ["thread.item.done", "error"]
    assert events[-1]["allow_retry"] is True
    assert (await chat.items(thread))[-1] == ("assistant_message", "Once upon")
    await chat.say("Continue", thread)
    assert {"role": "assistant", "content": "Once upon"} in chat.last_call.input


async def test_failed_turn_leaves_no_unhandled_asyncio_errors(chat: Chat) -> None:
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    chat.model.extend([broken_off("Once", openai.APIConnectionError(request=REQUEST))])
    await chat.say("Hi")
    this_test = {asyncio.current_task()}
    while left := asyncio.all_tasks() - this_test:
        await asyncio.wait(left)
    gc.collect()
    assert complaints == []


async def test_turn_continues_without_unreachable_tools(
    chat: Chat, tool_function: ToolFunction
) -> None:
    tool_function.broken = True
    chat.model.extend([[assistant_message("Your list cannot be reached.")]])
    events = await chat.say("What is on my list?")
    [notice] = of_type(events, "notice")
    assert "tools cannot be reached" in notice["message"]
    assert types(events)[-1] == "thread.item.done"
    assert "cannot be reached" in str(chat.last_call.system_instructions)


async def test_unanswered_message_is_remembered(chat: Chat) -> None:
    chat.model.extend([openai.APIConnectionError(request=REQUEST), [assistant_message("Hello!")]])
    events = await chat.say("My name is Bob")
    await chat.say("Hi", thread_of(events))
    assert "My name is Bob" in str(chat.last_call.input)


async def test_store_failure_during_a_turn_is_reported_and_closes_the_turn(
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
    assert types(events)[-1] == "error"
    assert "Please try again" in events[-1]["message"]
    monkeypatch.undo()
    chat.model.extend([[assistant_message("Found.")]])
    assert types(await chat.say("Again", thread_of(events)))[-1] == "thread.item.done"


async def test_turn_is_answered_even_if_its_transcript_cannot_be_saved(
    chat: Chat,
    transcript: Transcript,
    monkeypatch: pytest.MonkeyPatch,
    logged: list[dict[str, Any]],
) -> None:
    async def save(*_arguments: Any) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(transcript, "save", save)
    chat.model.extend([[assistant_message("Hello!")]])
    # The end-of-turn item is part of the transcript and does not fail separately.
    assert [item["type"] for item in done(await chat.say("Hi"))][-1] == "assistant_message"
    assert "turn_not_remembered" in [line["message"] for line in logged]
