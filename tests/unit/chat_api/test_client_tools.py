"""Tools that the page runs: the turn waits for their result, and continues with it."""

from dataclasses import replace
from typing import Any

import pytest
from agents.testing import assistant_message, function_call
from pydantic import BaseModel

from chat_api.conversation.assistant import Assistant, ClientTool
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.waiting_turns import give
from tests.unit.chat_api.wire import done, of_type, results, thread_of, types


class Place(BaseModel):
    name: str


SHOW = ClientTool("show_on_map", "Show a place on the map of the page.", Place)
TIME = ClientTool("local_time", "Return the user's local time.")
CALL = function_call("show_on_map", {"name": "Rome"}, call_id="c1")


@pytest.fixture
def assistant(assistant: Assistant) -> Assistant:
    return replace(assistant, client_tools=[SHOW, TIME])


async def waiting(chat: Chat, *calls: Any) -> tuple[str, list[dict[str, Any]]]:
    """Return a thread whose newest turn waits for the page, and the events of that turn."""
    chat.model.extend([list(calls or [CALL])])
    events = await chat.say("Show Rome")
    return thread_of(events), events


async def test_call_goes_out_as_the_last_event_and_the_turn_stays_open(chat: Chat) -> None:
    thread, events = await waiting(chat, assistant_message("Here it is."), CALL)
    [call] = of_type(done(events), "client_tool_call")
    assert events[-1]["item"] == call
    assert (call["name"], call["arguments"]) == ("show_on_map", {"name": "Rome"})
    assert call["status"] == "pending"
    kinds = [item["type"] for item in await chat.shown(thread)]
    assert kinds == ["user_message", "assistant_message", "client_tool_call"]


async def test_result_of_the_page_goes_to_the_model_and_the_turn_ends(chat: Chat) -> None:
    thread, _ = await waiting(chat)
    chat.model.extend([[assistant_message("Shown.")]])
    events = chat.events(await give(chat, thread, {"shown": True}))
    assert types(done(events)) == ["assistant_message", "end_of_turn"]
    assert results(chat) == ['{"shown": true}']
    [call] = of_type(await chat.shown(thread), "client_tool_call")
    assert (call["status"], call["output"]) == ("completed", {"shown": True})


async def test_later_turn_gives_the_model_the_call_and_its_result(chat: Chat) -> None:
    thread, _ = await waiting(chat)
    chat.model.extend([[assistant_message("Shown.")], [assistant_message("Yes.")]])
    await give(chat, thread, "done")
    await chat.say("Really?", thread)
    kinds = [item.get("type", "message") for item in chat.last_call.input]
    assert kinds[-5:] == ["message", "function_call", "function_call_output", "message", "message"]


async def test_second_client_call_in_a_step_gets_a_result_that_says_so(chat: Chat) -> None:
    other = function_call("local_time", {}, call_id="c2")
    thread, events = await waiting(chat, CALL, other)
    assert len(of_type(done(events), "client_tool_call")) == 1
    chat.model.extend([[assistant_message("Shown.")]])
    await give(chat, thread, "done")
    given, refused = results(chat)
    assert given == "done"
    assert "only one tool that waits for the user" in refused


@pytest.mark.parametrize("arguments", [{"name": 7}, {}, "{"])
async def test_call_with_arguments_that_do_not_fit_never_reaches_the_page(
    chat: Chat, arguments: Any
) -> None:
    wrong = function_call("show_on_map", arguments, call_id="c1")
    chat.model.extend([[wrong], [assistant_message("I cannot show it.")]])
    events = await chat.say("Show Rome")
    assert types(done(events))[-1] == "end_of_turn"
    assert of_type(done(events), "client_tool_call") == []
    [result] = results(chat)
    assert "do not fit" in result or "not a JSON object" in result


async def test_turn_may_wait_several_times_and_other_tools_run_in_between(
    chat: Chat, tool_function: ToolFunction
) -> None:
    add = function_call("add_task", {"title": "milk"}, call_id="c2")
    thread, _ = await waiting(chat, CALL, add)
    assert tool_function.titles("alice") == ["milk"]
    again = function_call("local_time", {}, call_id="c3")
    listing = function_call("list_tasks", {}, call_id="c4")
    chat.model.extend([[listing], [again]])
    events = chat.events(await give(chat, thread, "done"))
    assert events[-1]["item"]["name"] == "local_time"
    chat.model.extend([[assistant_message("All done.")]])
    events = chat.events(await give(chat, thread, "12:00"))
    # The widget belongs to the calls of all stretches.
    assert types(done(events)) == ["assistant_message", "widget", "end_of_turn"]


async def test_repeated_result_that_names_its_call_is_not_taken_for_the_next_one(
    chat: Chat,
) -> None:
    thread, events = await waiting(chat)
    first = events[-1]["item"]["id"]
    chat.model.extend([[function_call("local_time", {}, call_id="c2")]])
    events = chat.events(await give(chat, thread, {"ok": True}, item_id=first))
    second = events[-1]["item"]["id"]
    repeated = await give(chat, thread, {"ok": True}, item_id=first)
    assert (repeated.status_code, repeated.json()["code"]) == (409, "conflict")
    assert (await chat.shown(thread))[-1]["status"] == "pending"
    chat.model.extend([[assistant_message("All done.")]])
    # The next call may have the same result.
    events = chat.events(await give(chat, thread, {"ok": True}, item_id=second))
    assert types(done(events))[-1] == "end_of_turn"
    assert results(chat) == ['{"ok": true}', '{"ok": true}']


@pytest.mark.parametrize("item_id", ["msg_unknown", 7, None])
async def test_result_that_names_no_call_of_the_thread_is_refused(chat: Chat, item_id: Any) -> None:
    thread, _ = await waiting(chat)
    assert (await give(chat, thread, {"ok": True}, item_id=item_id)).status_code == 409
    assert (await chat.shown(thread))[-1]["status"] == "pending"
