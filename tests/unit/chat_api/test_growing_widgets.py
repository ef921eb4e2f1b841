"""Widgets whose text is streamed: shown as they grow, and stored once."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from agents.testing import assistant_message, function_call
from agents.tool_context import ToolContext
from chatkit.widgets import DynamicWidgetRoot, WidgetRoot

from chat_api.conversation.assistant import Assistant, ToolCall, Widget
from chat_api.conversation.turn_context import TurnContext
from chat_api.conversation.widgets import NOT_SHOWN
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.test_function_tools import UseTools as UseTools
from tests.unit.chat_api.test_function_tools import card, use_tools
from tests.unit.chat_api.wire import of_type, thread_of, types

__all__ = ["use_tools"]


class Growing:
    """Makes a widget of the states that the test sets, then waits, raises or ends."""

    def __init__(self) -> None:
        self.states: list[WidgetRoot] = []
        self.error: Exception | None = None
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.has_shown = asyncio.Event()
        self.is_closed = False

    async def show(self, _calls: Sequence[ToolCall], _tools: Any) -> AsyncGenerator[Widget]:
        try:
            for state in self.states:
                yield Widget(state, copy_text="copied")
            self.has_shown.set()
            await self.may_end.wait()
            if self.error:
                raise self.error
        finally:
            self.is_closed = True


@pytest.fixture
def growing() -> Growing:
    return Growing()


@pytest.fixture
def assistant(assistant: Assistant, growing: Growing) -> Assistant:
    return replace(assistant, widgets=[growing.show])


def updates(events: Any) -> list[dict[str, Any]]:
    given = [each["update"] for each in events if "update" in each]
    return [each for each in given if each["type"].startswith("widget.")]


async def stored(chat: Chat, events: Any) -> dict[str, Any]:
    [item] = of_type(await chat.shown(thread_of(events)), "widget")
    return item


def text_in(item: dict[str, Any]) -> tuple[str, bool]:
    [part] = item["widget"]["children"]
    return part["value"], part.get("streaming", False)


async def test_words_are_sent_as_they_come_and_stored_once(chat: Chat, growing: Growing) -> None:
    growing.states = [card(text, streaming=True) for text in ("One", "One two", "One two three")]
    chat.model.extend([[assistant_message("Look:")]])
    events = await chat.say("Count")
    assert [each["delta"] for each in updates(events)] == [" two", " three"]
    assert {each["type"] for each in updates(events)} == {"widget.streaming_text.value_delta"}
    item = await stored(chat, events)
    assert text_in(item) == ("One two three", False)
    assert item["copy_text"] == "copied"
    assert types(events)[-1] == "thread.item.done"


async def test_another_change_sends_the_whole_widget(chat: Chat, growing: Growing) -> None:
    without_id = DynamicWidgetRoot.model_validate(
        {"type": "Card", "children": [{"type": "Text", "value": "One"}]}
    )
    longer = DynamicWidgetRoot.model_validate(
        {"type": "Card", "children": [{"type": "Text", "value": "One two"}]}
    )
    growing.states = [card("One two"), card("One"), without_id, longer]
    chat.model.extend([[assistant_message("Look:")]])
    events = await chat.say("Count")
    assert [each["type"] for each in updates(events)] == ["widget.root.updated"] * 3
    assert text_in(await stored(chat, events)) == ("One two", False)


async def test_a_widget_that_fails_stays_as_far_as_it_was_shown(
    chat: Chat, growing: Growing
) -> None:
    growing.states, growing.error = [card("One", streaming=True)], RuntimeError("secret")
    chat.model.extend([[assistant_message("Look:")]])
    events = await chat.say("Count")
    assert text_in(await stored(chat, events)) == ("One", False)
    assert [each["message"] for each in of_type(events, "notice")] == [NOT_SHOWN]
    assert types(await chat.shown(thread_of(events)))[-1] == "end_of_turn"


async def test_a_widget_without_states_is_not_shown(chat: Chat) -> None:
    chat.model.extend([[assistant_message("Look:")]])
    events = await chat.say("Count")
    assert "widget" not in types(await chat.shown(thread_of(events)))


async def test_a_stopped_turn_keeps_what_was_shown_and_closes_the_generator(
    chat: Chat, growing: Growing
) -> None:
    growing.states = [card(text, streaming=True) for text in ("One", "One two")]
    growing.may_end.clear()
    chat.model.extend([[assistant_message("Look:")]])
    pending = asyncio.create_task(chat.say("Count"))
    await growing.has_shown.wait()
    [turn] = chat.gate.row("alice").turns
    chat.gate.cancel_turn("alice", turn.id)
    events = await pending
    assert text_in(await stored(chat, events)) == ("One two", False)
    assert growing.is_closed


async def test_a_function_tool_can_stream_a_widget(chat: Chat, use_tools: UseTools) -> None:
    async def tool(context: ToolContext[TurnContext]) -> str:
        async def states() -> AsyncGenerator[WidgetRoot]:
            yield card("One", streaming=True)
            yield card("One two", streaming=True)
            yield card("One two.")

        await context.context.stream_widget(states(), copy_text="copied")
        return "ok"

    use_tools(tool=tool)
    call = function_call("tool", {}, call_id="c1")
    chat.model.extend([[call], [assistant_message("Done.")]])
    events = await chat.say("Count")
    kinds = [each["type"] for each in updates(events)]
    assert kinds == ["widget.streaming_text.value_delta", "widget.root.updated"]
    item = await stored(chat, events)
    assert (text_in(item), item["copy_text"]) == (("One two.", False), "copied")
