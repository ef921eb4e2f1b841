"""The progress of tool calls, as shown during an answer and after a reload."""

import asyncio
import threading
from typing import Any

import openai
from agents.testing import ModelStep, assistant_message, function_call

from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.wire import REQUEST, of_type, thread_of, types

ADD = function_call("add_task", {"title": "buy milk"}, call_id="c1")


def task_updates(events: Any) -> list[tuple[int, str, str]]:
    """Return each task update: its index, title and status."""
    updates = []
    for event in events:
        match event:
            case {"type": "thread.item.added", "item": {"type": "workflow", "workflow": workflow}}:
                updates += list(enumerate(workflow["tasks"]))
            case {"update": {"task_index": index, "task": task}}:
                updates.append((index, task))
    return [(index, task["title"], task["status_indicator"]) for index, task in updates]


def workflows(items: Any) -> list[dict[str, Any]]:
    return [item["workflow"] for item in of_type(items, "workflow")]


def tasks_of(workflow: dict[str, Any]) -> list[tuple[str, str]]:
    return [(task["title"], task["status_indicator"]) for task in workflow["tasks"]]


async def test_call_is_shown_when_it_starts_and_when_it_completes(chat: Chat) -> None:
    chat.model.extend([[ADD], [assistant_message("Done.")]])
    events = await chat.say("Add buy milk")
    assert task_updates(events) == [
        (0, "Adding “buy milk”", "loading"),
        (0, "Added “buy milk”", "complete"),
    ]


async def test_workflow_is_closed_before_the_answer_and_shown_after_a_reload(
    chat: Chat,
) -> None:
    chat.model.extend([[ADD], [assistant_message("Done.")]])
    events = await chat.say("Add buy milk")
    items = await chat.shown(thread_of(events))
    assert [item["type"] for item in items] == [
        "user_message",
        "workflow",
        "assistant_message",
        "widget",
        "end_of_turn",
    ]
    [workflow] = workflows(items)
    assert tasks_of(workflow) == [("Added “buy milk”", "complete")]
    assert workflow["summary"]["duration"] >= 0


async def test_parallel_calls_each_have_their_own_task(chat: Chat) -> None:
    calls = [function_call("list_tasks", {}, call_id=f"c{number}") for number in range(3)]
    chat.model.extend([calls, [assistant_message("Nothing.")]])
    events = await chat.say("What is on my list?")
    updates = task_updates(events)
    assert [entry for entry in updates if entry[2] == "loading"] == [
        (number, "Reading your tasks", "loading") for number in range(3)
    ]
    assert sorted(entry for entry in updates if entry[2] == "complete") == [
        (number, "Read your tasks", "complete") for number in range(3)
    ]


async def test_calls_of_later_steps_join_the_workflow(chat: Chat) -> None:
    listed = function_call("list_tasks", {}, call_id="c2")
    chat.model.extend([[ADD], [listed], [assistant_message("Done.")]])
    events = await chat.say("Add buy milk and show my list")
    [workflow] = workflows(await chat.shown(thread_of(events)))
    assert tasks_of(workflow) == [
        ("Added “buy milk”", "complete"),
        ("Read your tasks", "complete"),
    ]


async def test_each_turn_has_its_own_workflow(chat: Chat) -> None:
    chat.model.extend([[ADD], [assistant_message("Done.")], [ADD], [assistant_message("Again.")]])
    thread = thread_of(await chat.say("Add buy milk"))
    await chat.say("Once more", thread)
    assert [len(each["tasks"]) for each in workflows(await chat.shown(thread))] == [1, 1]


async def test_call_refused_by_its_tool_is_shown_as_failed(chat: Chat) -> None:
    lost = function_call("complete_task", {"task": "call Mom"}, call_id="c1")
    chat.model.extend([[lost], [assistant_message("There is no such task.")]])
    events = await chat.say("Mark call Mom as done")
    assert task_updates(events)[-1] == (0, "Could not complete “call Mom”", "none")


async def test_call_to_unreachable_tools_is_shown_as_failed(
    chat: Chat, tool_function: ToolFunction
) -> None:
    def call(_call: object) -> list[Any]:
        tool_function.broken = True
        return [ADD]

    chat.model.extend([ModelStep(responder=call), [assistant_message("It did not work.")]])
    events = await chat.say("Add buy milk")
    assert task_updates(events)[-1] == (0, "Could not add “buy milk”", "none")


async def test_call_of_an_unknown_tool_is_shown_as_failed_and_the_turn_continues(
    chat: Chat, tool_function: ToolFunction
) -> None:
    made_up = function_call("functions.add_task", {"title": "x"}, call_id="c1")
    add = function_call("add_task", {"title": "buy milk"}, call_id="c2")
    chat.model.extend([[made_up], [add], [assistant_message("Done.")]])
    events = await chat.say("Add buy milk")
    assert tool_function.titles("alice") == ["buy milk"]
    assert task_updates(events)[0] == (0, "Failed: Functions.add task", "none")
    [workflow] = workflows(await chat.shown(thread_of(events)))
    assert tasks_of(workflow)[1] == ("Added “buy milk”", "complete")


async def test_call_with_unreadable_arguments_is_shown_as_failed(chat: Chat) -> None:
    broken = function_call("add_task", '{"title": "Bru', call_id="c1")
    chat.model.extend([[broken], [assistant_message("Sorry.")]])
    events = await chat.say("Add buy milk")
    assert task_updates(events)[-1] == (0, "Could not add a task", "none")
    assert "not a JSON object" in str(chat.last_call.input[-1]["output"])


async def test_failure_after_a_call_closes_the_workflow(chat: Chat) -> None:
    chat.model.extend([[ADD], openai.APIConnectionError(request=REQUEST)])
    events = await chat.say("Add buy milk")
    assert types(events)[-2:] == ["thread.item.done", "error"]
    [workflow] = workflows(await chat.shown(thread_of(events)))
    assert tasks_of(workflow) == [("Added “buy milk”", "complete")]


async def test_turn_stopped_during_a_call_leaves_no_task_loading(
    chat: Chat, tool_function: ToolFunction
) -> None:
    loop, calling, release = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def stuck() -> None:
        loop.call_soon_threadsafe(calling.set)
        release.wait()

    def call(_call: object) -> list[Any]:
        tool_function.before = stuck
        return [ADD]

    chat.model.extend([ModelStep(responder=call)])
    pending = asyncio.create_task(chat.say("Add buy milk"))
    await calling.wait()
    [turn] = chat.gate.row("alice").turns
    chat.gate.cancel_turn("alice", turn.id)
    events = await pending
    release.set()
    assert task_updates(events) == [(0, "Adding “buy milk”", "loading")]
    [workflow] = workflows(await chat.shown(thread_of(events)))
    assert tasks_of(workflow) == [("Adding “buy milk”", "none")]
