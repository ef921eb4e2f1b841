"""A turn whose MCP function is briefly throttled."""

import pytest
from agents.testing import assistant_message, function_call

from chat_api.tools.retries import InvokeRetries
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.test_actions import shown_list
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.tools.conftest import RecordingLambda
from tests.unit.chat_api.tools.test_unreachable_tools import notices


@pytest.fixture
def retries() -> InvokeRetries:
    return InvokeRetries(first=0, longest=0)


async def test_a_turn_keeps_its_tools_when_the_list_request_is_throttled(
    chat: Chat, lambda_api: RecordingLambda
) -> None:
    lambda_api.failures = ["throttled"] * 3
    chat.model.extend([[assistant_message("Hello!")]])
    assert notices(await chat.say("Hi")) == []
    assert "add_task" in [tool.name for tool in chat.last_call.tools]
    assert lambda_api.methods == ["tools/list"] * 4


async def test_a_throttled_call_is_retried_until_there_is_capacity(
    chat: Chat, lambda_api: RecordingLambda, tool_function: ToolFunction
) -> None:
    add = function_call("add_task", {"title": "milk"}, call_id="c1")
    chat.model.extend([[assistant_message("Hello!")], [add], [assistant_message("Done.")]])
    await chat.say("Hi")
    lambda_api.requests.clear()
    lambda_api.failures = ["throttled"] * 2
    assert notices(await chat.say("Add milk")) == []
    assert lambda_api.requests[:3] == lambda_api.requests[:1] * 3
    assert (tool_function.calls.count("add_task"), tool_function.titles("alice")) == (1, ["milk"])


async def test_concurrent_calls_each_wait_for_capacity(
    chat: Chat, lambda_api: RecordingLambda, tool_function: ToolFunction
) -> None:
    titles = ["a", "b", "c"]
    adds = [function_call("add_task", {"title": each}, call_id=f"c{each}") for each in titles]
    chat.model.extend([[assistant_message("Hello!")], adds, [assistant_message("Done.")]])
    await chat.say("Hi")
    lambda_api.failures = ["throttled"] * 4
    assert notices(await chat.say("Add a, b and c")) == []
    assert sorted(tool_function.titles("alice")) == titles


async def test_a_press_whose_call_never_ran_reports_that_nothing_was_done(
    chat: Chat, lambda_api: RecordingLambda, tool_function: ToolFunction
) -> None:
    shown = await shown_list(chat, "milk")
    lambda_api.failures = ["", "refused"]
    answer = await shown.press("Delete")
    assert answer.status_code == 503
    assert "cannot be reached" in answer.json()["message"]
    assert tool_function.titles("alice") == ["milk"]
    chat.model.extend([[assistant_message("Well.")]])
    await chat.say("And?", shown.thread)
    assert "button" not in str(chat.last_call.input)
