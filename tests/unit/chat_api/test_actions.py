"""The buttons of the task list: what they change, and who sees the change."""

from typing import Any

import pytest
from agents.testing import assistant_message, function_call

from chatcore.gate.admission import Requester
from task_assistant import actions as buttons
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.test_shown_tasks import rows, titles
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.wire import of_type, thread_of, types


class ShownList:
    """A task list in a user's thread, whose buttons a test can press."""

    def __init__(self, chat: Chat, thread: str, item: dict[str, Any], user: str) -> None:
        self.chat = chat
        self.thread = thread
        self.item = item
        self.user = user

    def action(self, label: str, row: int = 0) -> dict[str, Any]:
        """Return the action that the widget sends for a button."""
        parts = rows(self.item["widget"])[row]
        [pressed] = [part["onClickAction"] for part in parts if part.get("label") == label]
        return {"type": pressed["type"], "payload": pressed["payload"]}

    async def press(self, label: str, *, streamed: bool = False, **changes: Any) -> Any:
        params = {"thread_id": self.thread, "item_id": self.item["id"]}
        operation = "threads.custom_action" if streamed else "threads.sync_custom_action"
        asked = params | {"action": self.action(label)} | changes
        return await self.chat.send(operation, self.user, **asked)


async def shown_list(chat: Chat, *tasks: str, user: str = "alice") -> ShownList:
    adds = [
        function_call("add_task", {"title": task}, call_id=f"c{number}")
        for number, task in enumerate(tasks)
    ]
    chat.model.extend([adds, [assistant_message("Done.")]])
    thread = thread_of(await chat.say("Add tasks", user=user))
    [item] = of_type(await chat.shown(thread, user), "widget")
    return ShownList(chat, thread, item, user)


async def test_button_returns_the_current_list(chat: Chat) -> None:
    shown = await shown_list(chat, "milk")
    answer = await shown.press("Done")
    assert answer.status_code == 200
    updated = answer.json()["updated_item"]
    assert updated["id"] == shown.item["id"]
    assert titles(updated["widget"]) == [("milk", True)]


async def test_change_made_by_a_button_is_shown_after_a_reload(
    chat: Chat, tool_function: ToolFunction
) -> None:
    shown = await shown_list(chat, "milk", "bread")
    [gone, left] = [title for title, _ in titles(shown.item["widget"])]
    await shown.press("Delete")
    assert tool_function.titles("alice") == [left] != [gone]
    [item] = of_type(await chat.shown(shown.thread), "widget")
    assert titles(item["widget"]) == [(left, False)]


async def test_streamed_button_replaces_the_list(chat: Chat) -> None:
    shown = await shown_list(chat, "milk")
    answer = await shown.press("Done", streamed=True)
    events = chat.events(answer)
    assert types(events) == ["stream_options", "thread.item.replaced"]
    assert titles(events[-1]["item"]["widget"]) == [("milk", True)]
    [item] = of_type(await chat.shown(shown.thread), "widget")
    assert titles(item["widget"]) == [("milk", True)]


@pytest.mark.parametrize("streamed", [False, True])
async def test_next_turns_model_sees_the_button_and_the_user_does_not(
    chat: Chat, streamed: bool
) -> None:
    shown = await shown_list(chat, "milk")
    await shown.press("Done", streamed=streamed)
    chat.model.extend([[assistant_message("Well done!")]])
    await chat.say("And?", shown.thread)
    given = str(chat.last_call.input)
    assert given.index("Done.") < given.index("completed the task “milk”") < given.index("And?")
    kinds = {item["type"] for item in await chat.shown(shown.thread)}
    assert kinds == {"user_message", "workflow", "assistant_message", "widget", "end_of_turn"}


async def test_button_pressed_twice_acts_once(chat: Chat, tool_function: ToolFunction) -> None:
    shown = await shown_list(chat, "milk", "bread")
    [_, left] = [title for title, _ in titles(shown.item["widget"])]
    first, second = await shown.press("Delete"), await shown.press("Delete")
    assert (first.status_code, second.status_code) == (200, 200)
    assert titles(second.json()["updated_item"]["widget"]) == [(left, False)]
    assert tool_function.titles("alice") == [left]


async def test_button_of_a_filtered_list_returns_the_same_filter(chat: Chat) -> None:
    await shown_list(chat, "milk", "bread")
    listed = function_call("list_tasks", {"text": "milk"}, call_id="c9")
    chat.model.extend([[listed], [assistant_message("One.")]])
    thread = thread_of(await chat.say("Show milk"))
    [item] = of_type(await chat.shown(thread), "widget")
    answer = await ShownList(chat, thread, item, "alice").press("Done")
    assert titles(answer.json()["updated_item"]["widget"]) == [("milk", True)]


async def test_button_of_a_missing_task_reports_it_and_shows_the_list(chat: Chat) -> None:
    shown = await shown_list(chat, "milk")
    gone = {"type": "tasks.complete", "payload": {"task_id": "task_gone", "shown": {}}}
    events = chat.events(await shown.press("Done", streamed=True, action=gone))
    assert types(events) == ["stream_options", "thread.item.replaced", "notice"]
    assert titles(events[1]["item"]["widget"]) == [("milk", False)]


async def test_button_cannot_change_another_users_task(
    chat: Chat, tool_function: ToolFunction
) -> None:
    alices = await shown_list(chat, "milk")
    bobs = await shown_list(chat, "beer", user="bob")
    await bobs.press("Delete", action=alices.action("Delete"))
    assert tool_function.titles("alice") == ["milk"]


async def test_button_of_another_users_list_is_not_found(
    chat: Chat, tool_function: ToolFunction
) -> None:
    shown = await shown_list(chat, "milk")
    shown.user = "bob"
    for streamed in (False, True):
        assert (await shown.press("Delete", streamed=streamed)).status_code == 404
    assert tool_function.titles("alice") == ["milk"]


@pytest.mark.parametrize(
    "change",
    [
        {"action": {"type": "tasks.frame", "payload": {"task_id": "x"}}},
        {"action": {"type": "tasks.delete"}},
        {"action": {"type": "tasks.delete", "payload": {"task_id": ""}}},
        {"action": {"type": "tasks.delete", "payload": {"task_id": "x", "user": "bob"}}},
        {"action": {"type": "tasks.delete", "payload": {"task_id": "x", "shown": {"a": {}}}}},
        {"item_id": None},
    ],
)
@pytest.mark.parametrize("streamed", [False, True])
async def test_invalid_action_gets_400(
    chat: Chat, tool_function: ToolFunction, change: dict[str, Any], streamed: bool
) -> None:
    shown = await shown_list(chat, "milk")
    assert (await shown.press("Delete", streamed=streamed, **change)).status_code == 400
    assert tool_function.titles("alice") == ["milk"]


@pytest.mark.parametrize("streamed", [False, True])
async def test_button_works_while_an_answer_is_written(chat: Chat, streamed: bool) -> None:
    shown = await shown_list(chat, "milk")
    running = chat.gate.open_turn(Requester("alice", "s1"), shown.thread, "turn_other", seconds=60)
    answer = await shown.press("Done", streamed=streamed)
    assert answer.status_code == 200
    assert "x-chatkit-turn" not in answer.headers
    assert [turn.id for turn in chat.gate.row("alice").turns] == ["turn_other"]
    chat.gate.close_turn(running, tokens=0)


@pytest.mark.parametrize("streamed", [False, True])
async def test_button_of_a_revoked_session_gets_401(chat: Chat, streamed: bool) -> None:
    shown = await shown_list(chat, "milk")
    chat.gate.revoke("alice", "s1")
    assert (await shown.press("Done", streamed=streamed)).status_code == 401


async def test_action_on_an_item_that_is_not_a_widget_is_refused(chat: Chat) -> None:
    shown = await shown_list(chat, "milk")
    [message] = of_type(await chat.shown(shown.thread), "assistant_message")
    assert (await shown.press("Delete", item_id=message["id"])).status_code == 400


async def test_button_can_be_pressed_again_after_its_tools_fail(
    chat: Chat, tool_function: ToolFunction
) -> None:
    shown = await shown_list(chat, "milk")
    tool_function.broken = True
    answer = await shown.press("Done")
    assert answer.status_code == 503
    assert "cannot be reached" in answer.json()["message"]
    events = chat.events(await shown.press("Done", streamed=True))
    assert types(events) == ["stream_options", "error"]
    assert events[-1]["allow_retry"] is True
    tool_function.broken = False
    assert (await shown.press("Done")).status_code == 200


@pytest.mark.parametrize("streamed", [False, True])
async def test_bug_in_widget_code_is_logged_with_its_line_and_returns_a_generic_message(
    chat: Chat, logged: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, streamed: bool
) -> None:
    shown = await shown_list(chat, "milk")

    def broken(*_arguments: object) -> None:
        raise LookupError("hunter2")

    monkeypatch.setattr(buttons, "task_list", broken)
    answer = await shown.press("Done", streamed=streamed)
    result = chat.events(answer)[-1] if streamed else answer.json()
    assert result["message"].startswith("Something went wrong")
    [line] = [line for line in logged if line.get("error") == "LookupError"]
    assert line["raised_at"][-1].startswith(__file__)
    assert "hunter2" not in str(logged) + answer.text


async def test_button_asks_which_task_comes_first(chat: Chat) -> None:
    shown = await shown_list(chat, "milk", "bread")
    [asking] = of_type(shown.item["widget"]["children"], "Button")
    assert asking["label"] == "What should I do first?"
    chat.model.extend([[assistant_message("Buy milk.")]])
    action = {"type": asking["onClickAction"]["type"], "payload": None}
    answer = await shown.press("Done", streamed=True, action=action)
    assert answer.headers["x-chatkit-turn"]
    assert (await chat.items(shown.thread))[-2:] == [
        ("user_message", "What should I do first?"),
        ("assistant_message", "Buy milk."),
    ]


async def test_list_of_one_open_task_does_not_ask_which_comes_first(chat: Chat) -> None:
    shown = await shown_list(chat, "milk", "bread")
    answer = await shown.press("Done")
    left = answer.json()["updated_item"]["widget"]["children"]
    assert of_type(left, "Button") == []
