"""Repeated presses, and presses that leave a task deleted or in an unknown state."""

from typing import Any

import pytest

from chat_api.store.transcript import Transcript
from task_tools.errors import TasksUnavailable
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.store.conversation import request_of
from tests.unit.chat_api.store.interrupted import Requests
from tests.unit.chat_api.test_actions import shown_list
from tests.unit.chat_api.test_presses import (
    WRITES,
    both_ways,
    next_model_input,
    shown_text,
    unreachable,
    widget_in,
)
from tests.unit.chat_api.test_shown_tasks import titles
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.wire import of_type


@pytest.fixture
def requests() -> Requests:
    return Requests()


async def stored_titles(chat: Chat, thread: str) -> list[tuple[str, bool]]:
    """Return the tasks of the list as shown after a reload."""
    [item] = of_type(await chat.shown(thread), "widget")
    return titles(item["widget"])


@both_ways
@pytest.mark.parametrize("ran", [True, False], ids=["after its work", "before its work"])
async def test_lost_response_is_reported_as_unknown(
    chat: Chat, tool_function: ToolFunction, streamed: bool, ran: bool
) -> None:
    shown = await shown_list(chat, "milk")
    setattr(tool_function, "loses" if ran else "breaks_at", "complete_task")
    answer = await shown.press("Done", streamed=streamed)
    assert answer.status_code == 200
    assert "not known whether “milk” was completed" in shown_text(chat, answer, streamed=streamed)
    given = await next_model_input(chat, shown.thread)
    assert "The tools' answer was lost" in given


async def test_repeated_press_uses_the_first_idempotency_key(
    chat: Chat, tool_function: ToolFunction
) -> None:
    shown = await shown_list(chat, "milk")
    tool_function.breaks_at = "complete_task"
    for _ in range(2):
        await shown.press("Done")
    tool_function.breaks_at = ""
    answer = await shown.press("Done")
    assert titles(answer.json()["updated_item"]["widget"]) == [("milk", True)]
    await shown.press("Delete")
    called = zip(tool_function.calls, tool_function.keys, strict=True)
    keys = [key for tool, key in called if tool in ("complete_task", "delete_task")]
    assert keys[0] == keys[1] == keys[2] is not None
    assert keys[3] != keys[0]


@both_ways
@pytest.mark.parametrize(
    ("label", "tool", "left"),
    [("Done", "complete_task", [("milk", True)]), ("Delete", "delete_task", [])],
)
async def test_next_press_stores_the_list_after_a_lost_response(
    chat: Chat,
    tool_function: ToolFunction,
    label: str,
    tool: str,
    left: list[tuple[str, bool]],
    streamed: bool,
) -> None:
    shown = await shown_list(chat, "milk")
    tool_function.loses = tool
    await shown.press(label)
    assert await stored_titles(chat, shown.thread) == [("milk", False)]
    answer = await shown.press(label, streamed=streamed)
    text = shown_text(chat, answer, streamed=streamed)
    assert "already" in text
    assert "did not work" not in text
    assert titles(widget_in(chat, answer, streamed=streamed)) == left
    assert await stored_titles(chat, shown.thread) == left


@pytest.mark.parametrize("label", ["Done", "Delete"])
async def test_next_press_stores_the_list_that_could_not_be_saved(
    chat: Chat, requests: Requests, label: str
) -> None:
    shown = await shown_list(chat, "milk")
    requests.before("PutItem", unreachable)
    assert "could not be saved" in (await shown.press(label)).text
    answer = await shown.press(label)
    assert "could not be saved" not in answer.text
    left = [("milk", True)] if label == "Done" else []
    assert await stored_titles(chat, shown.thread) == left


async def test_missing_list_after_a_lost_response_gets_404_and_the_outcome(
    chat: Chat, requests: Requests, transcript: Transcript, tool_function: ToolFunction
) -> None:
    shown = await shown_list(chat, "milk")
    asked = of_type(await chat.shown(shown.thread), "user_message")[0]["id"]
    tool_function.loses = "complete_task"
    await shown.press("Done")
    context = request_of("alice")
    requests.complete_before(
        "PutItem", lambda: transcript.take_back(shown.thread, asked, [], context)
    )
    answer = await shown.press("Done")
    assert answer.status_code == 404
    assert "“milk” was already completed. What you used is no longer" in answer.json()["message"]


@pytest.mark.parametrize(
    ("label", "method", "listed", "verb"),
    [
        ("Delete", "delete", {"text": "bread"}, "deleted"),
        ("Done", "change", {"status": "open"}, "completed"),
    ],
)
async def test_outcome_is_unknown_if_the_task_cannot_be_read_after_a_failed_call(
    chat: Chat,
    tool_function: ToolFunction,
    monkeypatch: pytest.MonkeyPatch,
    label: str,
    method: str,
    listed: dict[str, str],
    verb: str,
) -> None:
    shown = await shown_list(chat, "milk")
    tasks = tool_function.tasks
    change = tasks.change

    def unavailable(*_arguments: object) -> None:
        raise TasksUnavailable

    def fail(*arguments: Any) -> None:
        monkeypatch.setattr(tasks, "get", unavailable)
        if method == "change":
            # The tool did its work, but its response is lost.
            change(*arguments)
        raise TasksUnavailable

    monkeypatch.setattr(tasks, method, fail)
    action = shown.action(label)
    action["payload"]["shown"] = listed
    answer = await shown.press(label, action=action)
    assert f"not known whether “milk” was {verb}" in answer.text
    given = await next_model_input(chat, shown.thread)
    assert f"asked for the task “milk” to be {verb}" in given
    assert f"the user {verb} the task" not in given


async def test_task_missing_from_list_and_tools_is_not_reported_as_deleted(chat: Chat) -> None:
    shown = await shown_list(chat, "milk", "bread")
    action = shown.action("Delete")
    other = titles(shown.item["widget"])[1][0]
    action["payload"]["shown"] = {"text": other}
    await shown.press("Delete", action=action)
    answer = await shown.press("Delete", action=action)
    assert "may already be gone" in answer.text
    assert titles(answer.json()["updated_item"]["widget"]) == [(other, False)]


@both_ways
@pytest.mark.parametrize("label", ["Done", "Delete"])
async def test_press_on_a_deleted_task_reports_it_and_stores_the_list_without_a_note(
    chat: Chat, requests: Requests, tool_function: ToolFunction, label: str, streamed: bool
) -> None:
    shown = await shown_list(chat, "milk")
    tool_function.tasks.delete("alice", "milk")
    requests.clear()
    answer = await shown.press(label, streamed=streamed)
    assert "The task is already gone" in shown_text(chat, answer, streamed=streamed)
    assert titles(widget_in(chat, answer, streamed=streamed)) == []
    assert [name for name in requests if name in WRITES] == ["PutItem"]
    assert await stored_titles(chat, shown.thread) == []
