"""Unreachable tools: what the user and the model see, and how soon."""

import asyncio
from typing import Any

import pytest
from agents.testing import assistant_message, function_call

from chat_api.tools.server import Server, Waits
from chat_api.tools.toolset import PATIENCE_SECONDS
from chatcore.auth.keys import Key
from tests.conftest import HeldKeys
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.tools.conftest import AFTER_SILENCE, PATIENCE, RecordingLambda
from tests.unit.chat_api.wire import types

SENTENCE = "The assistant's tools cannot be reached right now."


def add(*titles: str) -> list[Any]:
    return [function_call("add_task", {"title": each}, call_id=f"c{each}") for each in titles]


def notices(events: Any) -> list[str]:
    return [event["message"] for event in events if event["type"] == "notice"]


@pytest.mark.parametrize("failure", ["throttled", "crashed", "hung"])
async def test_without_a_list_of_tools_the_chat_continues_without_tools(
    chat: Chat, lambda_api: RecordingLambda, failure: str, logged: list[dict[str, Any]]
) -> None:
    lambda_api.failures = [failure]
    chat.model.extend([[assistant_message("Hello!")]])
    events = await chat.say("Hi")
    assert notices(events) == [SENTENCE]
    assert types(events)[-1] == "thread.item.done"
    # Of the page and the person, who need no server.
    assert {tool.name for tool in chat.last_call.tools} == {"local_time", "ask_user"}
    assert "cannot be reached right now: assistant's tools" in str(
        chat.last_call.system_instructions
    )


@pytest.mark.parametrize("failure", ["throttled", "crashed", "hung"])
async def test_a_failed_call_is_reported_to_the_user_and_the_model(
    chat: Chat,
    lambda_api: RecordingLambda,
    tool_function: ToolFunction,
    failure: str,
    logged: list[dict[str, Any]],
) -> None:
    chat.model.extend([[assistant_message("Hello!")], add("milk"), [assistant_message("Sorry.")]])
    await chat.say("Hi")
    lambda_api.failures = [failure]
    events = await chat.say("Add milk")
    assert notices(events) == [SENTENCE]
    [result] = [item for item in chat.last_call.input if "output" in item]
    assert "tell the user that they cannot be reached" in str(result["output"])
    assert types(events)[-1] == "thread.item.done"


@pytest.mark.parametrize("failure", ["throttled", "crashed", "hung"])
async def test_a_turn_does_not_wait_again_after_its_first_failure(
    chat: Chat,
    lambda_api: RecordingLambda,
    tool_function: ToolFunction,
    failure: str,
    logged: list[dict[str, Any]],
) -> None:
    chat.model.extend(
        [[assistant_message("Hello!")], add("a"), add("b", "c"), [assistant_message("Sorry.")]]
    )
    await chat.say("Hi")
    lambda_api.requests.clear()
    lambda_api.failures = [failure]
    events = await chat.say("Add a, b and c")
    assert lambda_api.methods == ["tools/call"]
    assert notices(events) == [SENTENCE]
    assert tool_function.titles("alice") == []


def test_a_message_is_due_within_5_seconds_and_the_limits_allow_a_cold_start() -> None:
    waits = Waits()
    assert PATIENCE_SECONDS < waits.list_after_silence < 5
    # Lambda allows a function 10 s to start.
    assert 10 < waits.first_list < waits.answer


async def test_after_a_silence_the_next_turn_gives_up_sooner(
    chat: Chat, internal: Server, lambda_api: RecordingLambda, logged: list[dict[str, Any]]
) -> None:
    lambda_api.failures = ["hung"] * 2
    chat.model.extend([[assistant_message("Hello!")]] * 2)
    await chat.say("Hi")
    assert internal.list_seconds == AFTER_SILENCE
    lambda_api.seconds_passing = AFTER_SILENCE
    assert notices(await chat.say("Hi")) == [SENTENCE]


async def test_after_an_answer_the_next_turn_waits_as_long_as_before(
    chat: Chat, internal: Server, lambda_api: RecordingLambda, logged: list[dict[str, Any]]
) -> None:
    lambda_api.failures = ["hung"]
    chat.model.extend([[assistant_message("Hello!")]] * 2)
    before = internal.list_seconds
    await chat.say("Hi")
    assert internal.list_seconds < before
    await chat.say("Hi")
    assert internal.list_seconds == before


async def test_after_a_failed_call_the_next_turn_lists_the_tools_again(
    chat: Chat, lambda_api: RecordingLambda, logged: list[dict[str, Any]]
) -> None:
    chat.model.extend([add("a"), [assistant_message("Sorry.")], [assistant_message("Hello!")]])
    lambda_api.failures = ["", "hung"]
    await chat.say("Add a")
    lambda_api.requests.clear()
    assert notices(await chat.say("Hi")) == []
    assert lambda_api.methods == ["tools/list"]


async def test_the_next_turn_tries_again(
    chat: Chat,
    lambda_api: RecordingLambda,
    tool_function: ToolFunction,
    logged: list[dict[str, Any]],
) -> None:
    lambda_api.failures = ["crashed"]
    chat.model.extend([[assistant_message("Hello!")], add("milk"), [assistant_message("Done.")]])
    await chat.say("Hi")
    assert notices(await chat.say("Add milk")) == []
    assert tool_function.titles("alice") == ["milk"]


async def test_a_turn_waits_for_a_cold_start_and_shows_that_it_waits(
    chat: Chat, lambda_api: RecordingLambda, tool_function: ToolFunction
) -> None:
    lambda_api.failures = ["hung"]
    chat.model.extend([add("milk"), [assistant_message("Done.")]])
    # The function starts after the progress message is due and before the turn gives up.
    lambda_api.seconds_passing = PATIENCE
    pending = asyncio.create_task(chat.say("Add milk"))
    await lambda_api.hung.wait()
    lambda_api.hanging.set()
    events = await pending
    waiting = [event["text"] for event in events if event["type"] == "progress_update"]
    assert "The assistant's tools do not answer yet. Waiting for them" in waiting
    assert notices(events) == []
    assert tool_function.titles("alice") == ["milk"]


async def test_a_tool_that_refuses_a_call_is_not_reported_as_unreachable(chat: Chat) -> None:
    complete = function_call("complete_task", {"task": "nothing"}, call_id="c1")
    chat.model.extend([[complete], [assistant_message("There is none.")]])
    events = await chat.say("I did nothing")
    assert notices(events) == []
    assert "There is no task called" in str(chat.last_call.input)


async def test_a_refused_token_is_reported_as_unreachable_tools(
    chat: Chat,
    keys: HeldKeys,
    logged: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keys, "signing", lambda: Key("unknown", "x" * 64))
    chat.model.extend([[assistant_message("Hello!")]])
    assert notices(await chat.say("Hi")) == [SENTENCE]
    [line] = [line for line in logged if line["message"] == "tool_server_refused"]
    assert line["status"] == 401
