"""Conversations with aimock: text, tools, reasoning, usage and titles, over both APIs."""

from typing import Any

import pytest

from tests.system.independent_model.aimock import Aimock
from tests.system.independent_model.wire_chat import WireChat
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.wire import done, of_type, thread_of, types

ADD = "Add milk"
THOUGHT = "They want milk."
REASONING_MODEL = "gpt-5.6"


def add(*titles: str) -> list[dict[str, Any]]:
    return [{"name": "add_task", "arguments": {"title": title}} for title in titles]


def shown_text(events: Any) -> list[str]:
    """Return the pieces of text as the widget receives them."""
    return [event["update"]["delta"] for event in events if "delta" in event.get("update", {})]


def thoughts(items: Any) -> list[str]:
    workflows = [item["workflow"] for item in of_type(items, "workflow")]
    tasks = [task for workflow in workflows for task in workflow["tasks"]]
    return [task["content"] for task in of_type(tasks, "thought")]


async def test_a_text_is_streamed_piece_by_piece_and_kept(chat: WireChat, aimock: Aimock) -> None:
    aimock.answer("Hi", {"content": "Hello, Alice!"}, chunkSize=5)
    events = await chat.say("Hi")
    assert shown_text(events) == ["Hello", ", Ali", "ce!"]
    assert done(events)[-1]["type"] == "end_of_turn"
    assert (await chat.items(thread_of(events)))[-1] == ("assistant_message", "Hello, Alice!")


async def test_a_call_and_its_result_lead_to_an_answer_that_the_next_turn_remembers(
    chat: WireChat, aimock: Aimock, tool_function: ToolFunction
) -> None:
    aimock.answer(ADD, {"toolCalls": add("milk")}, match_hasToolResult=False)
    aimock.answer(ADD, {"content": "Added."}, match_toolResultContains="milk")
    aimock.answer("Thanks", {"content": "You are welcome."})
    thread = thread_of(await chat.say(ADD))
    assert tool_function.titles("alice") == ["milk"]
    kinds = [item["type"] for item in await chat.shown(thread)]
    assert kinds == ["user_message", "workflow", "assistant_message", "widget", "end_of_turn"]
    await chat.say("Thanks", thread)
    assert (await chat.items(thread))[-1] == ("assistant_message", "You are welcome.")
    assert "Added." in chat.given


async def test_several_calls_of_one_answer_are_all_made(
    chat: WireChat, aimock: Aimock, tool_function: ToolFunction
) -> None:
    aimock.answer(ADD, {"toolCalls": add("milk", "bread", "eggs")}, match_hasToolResult=False)
    aimock.answer(ADD, {"content": "Added."}, match_hasToolResult=True)
    events = await chat.say(ADD)
    assert sorted(tool_function.titles("alice")) == ["bread", "eggs", "milk"]
    assert types(events)[-1] == "thread.item.done"
    assert len(chat.requests) == 2


async def test_a_call_before_its_text_is_made(
    chat: WireChat, aimock: Aimock, tool_function: ToolFunction
) -> None:
    [call] = add("milk")
    blocks = [{"type": "toolCall", **call}, {"type": "text", "text": "One moment."}]
    aimock.answer(ADD, {"blocks": blocks}, match_hasToolResult=False)
    aimock.answer(ADD, {"content": "Added."}, match_hasToolResult=True)
    thread = thread_of(await chat.say(ADD))
    assert tool_function.titles("alice") == ["milk"]
    assert [text for _, text in await chat.items(thread)] == [ADD, "One moment.", "Added."]


async def test_an_unknown_tool_is_reported_to_the_model(chat: WireChat, aimock: Aimock) -> None:
    calls = [{"name": "fly_away", "arguments": {}}]
    aimock.answer(ADD, {"toolCalls": calls}, match_hasToolResult=False)
    aimock.answer(ADD, {"content": "I cannot."}, match_toolResultContains="not found")
    thread = thread_of(await chat.say(ADD))
    assert (await chat.items(thread))[-1] == ("assistant_message", "I cannot.")


@pytest.mark.parametrize("model", [REASONING_MODEL])
async def test_reasoning_is_shown_as_a_thought_and_not_as_text(
    chat: WireChat, aimock: Aimock
) -> None:
    aimock.answer("Hi", {"content": "Hello!", "reasoning": THOUGHT})
    events = await chat.say("Hi")
    items = await chat.shown(thread_of(events))
    assert thoughts(items) == [THOUGHT]
    assert "".join(shown_text(events)) == "Hello!"


@pytest.mark.parametrize("model", [REASONING_MODEL])
async def test_reasoning_before_a_call_is_sent_back_with_its_content_or_not_at_all(
    chat: WireChat, aimock: Aimock, api: str
) -> None:
    aimock.answer(ADD, {"toolCalls": add("milk"), "reasoning": THOUGHT}, match_hasToolResult=False)
    aimock.answer(ADD, {"content": "Added."}, match_hasToolResult=True)
    await chat.say(ADD)
    _, second = chat.requests
    if api == "responses":
        [reasoning] = of_type([item for item in second["input"] if "type" in item], "reasoning")
        assert reasoning["encrypted_content"]
    else:
        assert THOUGHT not in chat.given


@pytest.mark.parametrize(
    ("usage", "counted"),
    [
        ({"prompt_tokens": 700, "completion_tokens": 50}, (700, 50)),
        # Some endpoints report no usage.
        ({"prompt_tokens": 0, "completion_tokens": 0}, None),
    ],
)
async def test_reported_usage_is_counted_and_missing_usage_is_estimated(
    chat: WireChat,
    aimock: Aimock,
    logged: list[dict[str, Any]],
    usage: dict[str, int],
    counted: tuple[int, int] | None,
) -> None:
    aimock.answer("Hi", {"content": "Hello!", "usage": usage})
    await chat.say("Hi")
    [line] = [line for line in logged if line["message"] == "turn_closed"]
    tokens = (line["tokens_in"], line["tokens_out"])
    assert tokens == counted if counted else all(tokens)


async def test_the_key_and_the_parameters_reach_the_server(
    chat: WireChat, aimock: Aimock, api: str, model: str
) -> None:
    aimock.answer("Hi", {"content": "Hello!"})
    await chat.say("Hi")
    [request] = aimock.requests()
    assert request["path"] == f"/v1/{'responses' if api == 'responses' else 'chat/completions'}"
    assert request["body"]["model"] == model
    assert request["body"]["stream"] is True
    # aimock shows this instead of every key.
    assert request["headers"]["authorization"] == "[REDACTED]"
