"""Conversations over HTTP: messages, tools, retries, and the list of threads."""

import asyncio
from typing import Any

import pytest
from agents.testing import ModelStep, assistant_message, function_call

from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.wire import done, of_type, thread_of, types, words


async def test_first_message_opens_a_thread_and_gets_an_answer(chat: Chat) -> None:
    chat.model.extend([[assistant_message("Hello!")]])
    events = await chat.say("Hi")
    assert types(events)[:3] == ["thread.created", "thread.item.done", "stream_options"]
    assert types(events)[-1] == "thread.item.done"
    assert await chat.items(thread_of(events)) == [
        ("user_message", "Hi"),
        ("assistant_message", "Hello!"),
    ]


async def test_answer_is_one_item_with_a_minted_id(chat: Chat) -> None:
    chat.model.extend([[assistant_message("Hello!", item_id="__fake_id__")]])
    events = await chat.say("Hi")
    [answer] = {item["id"] for item in of_type(done(events), "assistant_message")}
    assert answer.startswith("msg_")
    assert {event["item_id"] for event in events if "item_id" in event} == {answer}


async def test_complete_answer_ends_with_an_end_of_turn_item_that_accepts_feedback(
    chat: Chat,
) -> None:
    chat.model.extend([[assistant_message("Hello!")]])
    events = await chat.say("Hi")
    thread, mark = thread_of(events), events[-1]["item"]
    assert mark["type"] == "end_of_turn"
    feedback: Any = {"thread_id": thread, "item_ids": [mark["id"]], "kind": "positive"}
    assert (await chat.send("items.feedback", **feedback)).status_code == 200


async def test_stream_has_the_turn_id_and_no_buffering_headers(chat: Chat) -> None:
    chat.model.extend([[assistant_message("Hello!")]])
    response = await chat.send("threads.create", input=words("Hi"))
    assert response.headers["x-chatkit-turn"].startswith("turn_")
    assert response.headers["cache-control"] == "no-cache, no-transform"


async def test_tool_changes_the_users_own_tasks(chat: Chat, tool_function: ToolFunction) -> None:
    add = function_call("add_task", {"title": "buy milk"}, call_id="c1")
    chat.model.extend([[add], [assistant_message("Done.")]])
    await chat.say("Add buy milk")
    assert tool_function.titles("alice") == ["buy milk"]
    assert tool_function.titles("bob") == []


async def test_next_turn_gets_earlier_turns_with_their_tool_calls(chat: Chat) -> None:
    listed = function_call("list_tasks", {}, call_id="c1")
    chat.model.extend([[listed], [assistant_message("Nothing.")], [assistant_message("Again.")]])
    thread = thread_of(await chat.say("What is on my list?"))
    await chat.say("And now?", thread)
    given = chat.last_call.input
    kinds = [item.get("type", item.get("role")) for item in given]
    assert kinds == ["message", "function_call", "function_call_output", "assistant", "message"]
    assert [item for item in given if "id" in item] == []


async def test_model_endpoint_is_asked_not_to_store_anything(chat: Chat) -> None:
    chat.model.extend([[assistant_message("Hello!")]])
    await chat.say("Hi")
    settings = chat.last_call.model_settings
    assert settings.store is False
    assert settings.response_include == ["reasoning.encrypted_content"]


async def test_retry_replaces_everything_after_the_message(chat: Chat) -> None:
    chat.model.extend([[assistant_message(text)] for text in ("one", "two", "again")])
    events = await chat.say("first")
    thread, message = thread_of(events), events[1]["item"]["id"]
    await chat.say("second", thread)
    again = await chat.send("threads.retry_after_item", thread_id=thread, item_id=message)
    assert again.status_code == 200
    assert await chat.items(thread) == [("user_message", "first"), ("assistant_message", "again")]
    assert len(chat.last_call.input) == 1


async def test_retry_deletes_later_items_in_batches(chat: Chat, requests: list[str]) -> None:
    chat.model.extend([[assistant_message(str(number))] for number in range(14)])
    events = await chat.say("first")
    thread, message = thread_of(events), events[1]["item"]["id"]
    for _ in range(12):
        await chat.say("more", thread)
    requests.clear()
    await chat.send("threads.retry_after_item", thread_id=thread, item_id=message)
    # 38 items and 12 turns, then the new turn with its end-of-turn item.
    assert requests.count("BatchWriteItem") == 4
    assert len(requests) <= 14
    assert await chat.items(thread) == [("user_message", "first"), ("assistant_message", "13")]


async def test_client_disconnect_does_not_stop_the_turn(chat: Chat) -> None:
    asked, may_answer = asyncio.Event(), asyncio.Event()

    async def answer(_call: object) -> list[Any]:
        asked.set()
        await may_answer.wait()
        return [assistant_message("Still here.")]

    chat.model.extend([ModelStep(responder=answer)])
    pending = asyncio.create_task(chat.say("Hi"))
    await asked.wait()
    pending.cancel()
    await asyncio.wait([pending])
    may_answer.set()
    this_test = {asyncio.current_task()}
    while turn := asyncio.all_tasks() - this_test:
        await asyncio.wait(turn)
    thread = (await chat.send("threads.list")).json()["data"][0]["id"]
    assert (await chat.items(thread))[-1] == ("assistant_message", "Still here.")


async def test_threads_are_listed_renamed_and_deleted(chat: Chat) -> None:
    chat.model.extend([[assistant_message("one")], [assistant_message("two")]])
    first, second = [thread_of(await chat.say(text)) for text in ("a", "b")]
    listed = (await chat.send("threads.list")).json()["data"]
    assert [thread["id"] for thread in listed] == [second, first]
    await chat.send("threads.update", thread_id=first, title="Groceries")
    opened = (await chat.send("threads.get_by_id", thread_id=first)).json()
    assert (opened["title"], len(opened["items"]["data"])) == ("Groceries", 3)
    await chat.send("threads.delete", thread_id=first)
    assert (await chat.send("threads.get_by_id", thread_id=first)).status_code == 404


async def test_users_cannot_see_each_others_threads(chat: Chat) -> None:
    chat.model.extend([[assistant_message("one")]])
    await chat.say("secret", user="alice")
    assert (await chat.send("threads.list", "bob")).json()["data"] == []


@pytest.mark.parametrize("calls", [0, 1, 3])
async def test_first_turn_invokes_the_tool_function_once_plus_once_per_call(
    chat: Chat, tool_function: ToolFunction, calls: int
) -> None:
    asked = [function_call("list_tasks", {}, call_id=f"c{number}") for number in range(calls)]
    chat.model.extend([*([asked] if asked else []), [assistant_message("Done.")]])
    await chat.say("What is on my list?")
    assert tool_function.invocations == 1 + calls
