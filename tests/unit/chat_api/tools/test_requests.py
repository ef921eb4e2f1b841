"""The requests that a turn sends to the MCP function."""

import asyncio
from typing import Any

import pytest
from agents.testing import ModelCall, ModelStep, assistant_message, function_call

from tests.conftest import HeldKeys
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.tools.conftest import RecordingLambda, ServerClock


def steps(calls: int) -> list[list[Any]]:
    """Return model steps that list the tasks this many times at once and then answer."""
    listed = [function_call("list_tasks", {}, call_id=f"c{number}") for number in range(calls)]
    return [*([listed] if listed else []), [assistant_message("Done.")]]


@pytest.mark.parametrize("calls", [0, 1, 3])
async def test_a_warm_environment_sends_one_request_for_each_call_and_no_others(
    chat: Chat, lambda_api: RecordingLambda, calls: int
) -> None:
    chat.model.extend([*steps(0), *steps(calls)])
    await chat.say("Hi")
    lambda_api.requests.clear()
    await chat.say("What is on my list?", user="bob")
    assert lambda_api.methods == ["tools/call"] * calls


@pytest.mark.parametrize("calls", [0, 1, 3])
async def test_a_cold_environment_also_requests_the_list_of_tools(
    chat: Chat, lambda_api: RecordingLambda, calls: int
) -> None:
    chat.model.extend(steps(calls))
    await chat.say("What is on my list?")
    assert lambda_api.methods == ["tools/list", *["tools/call"] * calls]


async def test_the_list_is_requested_again_after_it_expires(
    chat: Chat, lambda_api: RecordingLambda, server_clock: ServerClock
) -> None:
    chat.model.extend([*steps(0), *steps(0), *steps(1)])
    await chat.say("Hi")
    server_clock.now += 5 * 60 - 1
    await chat.say("Hi")
    assert lambda_api.methods == ["tools/list"]
    server_clock.now += 1
    await chat.say("What is on my list?")
    assert lambda_api.methods == ["tools/list", "tools/list", "tools/call"]


async def test_calls_in_several_steps_of_the_model_share_one_list(
    chat: Chat, lambda_api: RecordingLambda
) -> None:
    calls = [[function_call("list_tasks", {}, call_id=f"c{number}")] for number in range(2)]
    chat.model.extend([*calls, [assistant_message("Done.")]])
    await chat.say("What is on my list?")
    assert lambda_api.methods == ["tools/list", "tools/call", "tools/call"]


async def test_a_turn_has_one_token_and_each_turn_its_own(
    chat: Chat, lambda_api: RecordingLambda
) -> None:
    chat.model.extend([*steps(3), *steps(2), *steps(1)])
    await chat.say("What is on my list?")
    await chat.say("What is on my list?")
    await chat.say("What is on my list?", user="bob")
    # The list of tools and three calls, two calls, one call.
    ids = [token["jti"] for token in lambda_api.tokens]
    assert [len(set(ids[:4])), len(set(ids[4:6])), len(set(ids))] == [1, 1, 3]
    users = [token["sub"] for token in lambda_api.tokens]
    assert users == ["alice"] * 6 + ["bob"]


async def test_concurrent_users_have_their_own_tokens_and_tasks(
    chat: Chat, lambda_api: RecordingLambda, tool_function: ToolFunction
) -> None:
    both_asked = asyncio.Barrier(2)

    async def add(_call: ModelCall) -> list[Any]:
        await both_asked.wait()
        return [function_call("add_task", {"title": "buy milk"}, call_id="c1")]

    chat.model.extend([ModelStep.respond(add)] * 2 + [[assistant_message("Done.")]] * 2)
    users = ["alice", "bob"]
    await asyncio.gather(*(chat.say("Add buy milk", user=user) for user in users))
    assert [tool_function.titles(user) for user in users] == [["buy milk"]] * 2
    tokens = {(token["sub"], token["jti"]) for token in lambda_api.tokens}
    assert sorted(user for user, _ in tokens) == users


async def test_a_turn_without_tools_needs_no_token(
    chat: Chat, keys: HeldKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat.model.extend([*steps(0), *steps(0)])
    await chat.say("Hi")

    def fail() -> None:
        raise AssertionError("asked for the key")

    with monkeypatch.context() as patched:
        patched.setattr(keys, "signing", fail)
        events = await chat.say("Hi")
    assert events[-1]["type"] == "thread.item.done"


async def test_an_addition_whose_acknowledgment_is_lost_creates_one_task(
    chat: Chat, lambda_api: RecordingLambda, tool_function: ToolFunction
) -> None:
    add = function_call("add_task", {"title": "buy milk"}, call_id="c1")
    chat.model.extend([*steps(0), [add], [assistant_message("Done.")]])
    await chat.say("Hi")
    lambda_api.requests.clear()
    lambda_api.failures = ["unacknowledged"]
    await chat.say("Add buy milk")
    assert lambda_api.methods[:2] == ["tools/call", "tools/call"]
    assert lambda_api.requests[0] == lambda_api.requests[1]
    assert tool_function.titles("alice") == ["buy milk"]


async def test_the_same_call_id_in_another_step_is_another_call(
    chat: Chat, tool_function: ToolFunction
) -> None:
    add = function_call("add_task", {"title": "buy milk"}, call_id="call_0")
    chat.model.extend([[add, add], [add], [assistant_message("Done.")]])
    await chat.say("Add buy milk three times")
    assert tool_function.titles("alice") == ["buy milk"] * 3


async def test_the_same_call_id_in_another_turn_is_another_call(
    chat: Chat, tool_function: ToolFunction
) -> None:
    add = function_call("add_task", {"title": "buy milk"}, call_id="call_0")
    chat.model.extend([[add], [assistant_message("Done.")]] * 2)
    for _ in range(2):
        await chat.say("Add buy milk")
    assert tool_function.titles("alice") == ["buy milk", "buy milk"]


async def test_the_agent_knows_the_date(chat: Chat) -> None:
    chat.model.extend(steps(0))
    await chat.say("Hi")
    assert "Today is " in str(chat.last_call.system_instructions)
