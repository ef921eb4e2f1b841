"""Which tool calls share an idempotency key."""

from typing import Any

import pytest
from agents.testing import assistant_message, function_call

from chat_api.tools.idempotency import CallKeys
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.tools.conftest import RecordingLambda
from tests.unit.chat_api.wire import of_type, thread_of


def add(title: str, **more: Any) -> Any:
    return function_call("add_task", {"title": title} | more, call_id="call_0")


def keys(lambda_api: RecordingLambda) -> list[str]:
    """Return the keys used to add tasks since the last call of this function."""
    params = [each["params"] for each in lambda_api.requests]
    lambda_api.requests.clear()
    adds = [each for each in params if each.get("name") == "add_task"]
    return [each["_meta"]["chatkit-on-lambda/idempotency-key"] for each in adds]


async def start_thread(chat: Chat, *steps: Any) -> tuple[str, str]:
    """Start a thread whose first message is answered in these steps, and return both ids."""
    chat.model.extend([*steps, [assistant_message("Done.")]])
    thread = thread_of(await chat.say("Add them"))
    [message] = of_type(await chat.shown(thread), "user_message")
    return thread, message["id"]


async def regenerate(chat: Chat, message: tuple[str, str], *steps: Any) -> None:
    chat.model.extend([*steps, [assistant_message("Done again.")]])
    thread_id, item_id = message
    answer = await chat.send("threads.retry_after_item", thread_id=thread_id, item_id=item_id)
    assert answer.status_code == 200


async def test_a_regenerated_answer_adds_nothing_twice(
    chat: Chat, lambda_api: RecordingLambda, tool_function: ToolFunction
) -> None:
    message = await start_thread(chat, [add("milk")])
    first = keys(lambda_api)[0]
    for _ in range(2):
        await regenerate(chat, message, [add("milk")])
        assert keys(lambda_api)[0] == first
    assert tool_function.titles("alice") == ["milk"]


async def test_a_call_with_other_arguments_is_another_call(
    chat: Chat, tool_function: ToolFunction
) -> None:
    message = await start_thread(chat, [add("milk")])
    await regenerate(chat, message, [add("milk", priority="high"), add("bread"), add("milk")])
    assert sorted(tool_function.titles("alice")) == ["bread", "milk", "milk"]


async def test_each_of_two_equal_calls_is_made_once(
    chat: Chat, tool_function: ToolFunction
) -> None:
    message = await start_thread(chat, [add("milk"), add("milk")])
    assert tool_function.titles("alice") == ["milk"] * 2
    await regenerate(chat, message, [add("milk")], [add("milk")])
    assert tool_function.titles("alice") == ["milk"] * 2
    await regenerate(chat, message, [add("milk")] * 3)
    assert tool_function.titles("alice") == ["milk"] * 3


async def test_the_same_call_for_another_message_is_another_call(
    chat: Chat, tool_function: ToolFunction
) -> None:
    await start_thread(chat, [add("milk")])
    await start_thread(chat, [add("milk")])
    assert tool_function.titles("alice") == ["milk"] * 2


async def test_a_task_deleted_since_is_not_reported_as_added(
    chat: Chat, tool_function: ToolFunction
) -> None:
    message = await start_thread(chat, [add("milk")])
    tool_function.tasks.delete("alice", "milk")
    await regenerate(chat, message, [add("milk")])
    assert "has since been deleted" in str(chat.last_call.input)
    assert tool_function.titles("alice") == []
    await regenerate(chat, message, [add("milk")], [add("milk")])
    assert tool_function.titles("alice") == ["milk"]


@pytest.mark.parametrize(
    ("first", "second"),
    [({"a": 1, "b": [2]}, {"b": [2], "a": 1}), ({}, None)],
    ids=["another order", "none at all"],
)
def test_arguments_with_the_same_meaning_have_the_same_key(first: Any, second: Any) -> None:
    assert CallKeys("msg_1").next("f", first) == CallKeys("msg_1").next("f", second)


def test_a_key_has_a_bounded_length_for_any_arguments() -> None:
    [key] = CallKeys("m" * 200).next("f" * 64, {"text": "é\ud800" * 100_000}).values()
    assert len(key) <= 256
