"""The task list that is shown after calls of the task tools."""

from typing import Any

import openai
from agents.testing import assistant_message, function_call

from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.wire import REQUEST, of_type, thread_of, types


def call(tool: str, number: int = 1, **arguments: Any) -> Any:
    return function_call(tool, arguments, call_id=f"c{number}")


def rows(widget: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Return the components of each task's row."""
    return [child["children"] for child in widget["children"] if "key" in child]


def titles(widget: dict[str, Any]) -> list[tuple[str, bool]]:
    """Return each task and whether it is struck through."""
    texts = [part for row in rows(widget) for part in row if part["type"] == "Text"]
    return [(text["value"], text["lineThrough"]) for text in texts]


def buttons(widget: dict[str, Any]) -> list[list[str]]:
    return [
        [part["onClickAction"]["type"] for part in row if part["type"] == "Button"]
        for row in rows(widget)
    ]


async def widgets(chat: Chat, events: Any) -> list[dict[str, Any]]:
    items = of_type(await chat.shown(thread_of(events)), "widget")
    return [item["widget"] for item in items]


async def test_task_change_is_followed_by_the_list_with_its_buttons(chat: Chat) -> None:
    chat.model.extend([[call("add_task", title='milk "2 %" <b>')], [assistant_message("Done.")]])
    [widget] = await widgets(chat, await chat.say("Add it"))
    assert titles(widget) == [('milk "2 %" <b>', False)]
    assert buttons(widget) == [["tasks.complete", "tasks.delete"]]


async def test_done_tasks_come_last_and_can_only_be_deleted(chat: Chat) -> None:
    adds = [call("add_task", number, title=title) for number, title in enumerate(("a", "b"))]
    done = call("complete_task", 3, task="a")
    chat.model.extend([adds, [done], [assistant_message("Done.")]])
    [widget] = await widgets(chat, await chat.say("Add a and b, a is done"))
    assert titles(widget) == [("b", False), ("a", True)]
    assert buttons(widget) == [["tasks.complete", "tasks.delete"], ["tasks.delete"]]


async def test_list_that_was_just_read_is_not_read_again(
    chat: Chat, tool_function: ToolFunction
) -> None:
    chat.model.extend([[call("add_task", title="a")], [assistant_message("Done.")]])
    thread = thread_of(await chat.say("Add a"))
    tool_function.calls.clear()
    chat.model.extend([[call("list_tasks")], [assistant_message("One.")]])
    await chat.say("What is on my list?", thread)
    assert tool_function.calls == ["list_tasks"]
    assert len(of_type(await chat.shown(thread), "widget")) == 2


async def test_filtered_list_is_shown_with_its_filter(chat: Chat) -> None:
    adds = [call("add_task", number, title=title) for number, title in enumerate(("a", "b"))]
    listed = call("list_tasks", 3, text="b", cursor=None)
    chat.model.extend([adds, [listed], [assistant_message("One.")]])
    [widget] = await widgets(chat, await chat.say("Add a and b and show b"))
    assert titles(widget) == [("b", False)]


async def test_empty_list_shows_no_widget(chat: Chat) -> None:
    chat.model.extend([[call("list_tasks")], [assistant_message("Nothing.")]])
    assert await widgets(chat, await chat.say("What is on my list?")) == []


async def test_unrelated_call_shows_no_list(chat: Chat) -> None:
    chat.model.extend([[call("complete_task", task="x")], [assistant_message("No such task.")]])
    assert await widgets(chat, await chat.say("Mark x as done")) == []


async def test_unreadable_list_does_not_affect_the_answer(
    chat: Chat, tool_function: ToolFunction, logged: list[dict[str, Any]]
) -> None:
    chat.model.extend([[call("add_task", title="a")], [assistant_message("Done.")]])
    tool_function.breaks_at = "list_tasks"
    events = await chat.say("Add a")
    assert types(events)[-1] == "thread.item.done"
    assert "widget_not_shown" in [line["message"] for line in logged]


async def test_failed_answer_shows_no_list(chat: Chat) -> None:
    chat.model.extend([[call("add_task", title="a")], openai.APIConnectionError(request=REQUEST)])
    assert await widgets(chat, await chat.say("Add a")) == []
