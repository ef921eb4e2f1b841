"""Pressing again, and presses after which the task is gone or its state is unknown."""

from typing import Any

import pytest

from task_tools.errors import TasksUnavailable
from tests.chat_api.test_actions import shown_list
from tests.chat_api.test_presses import (
    given_next,
)
from tests.chat_api.test_shown_tasks import titles


@pytest.mark.parametrize(
    ("label", "method", "listed", "did"),
    [
        ("Delete", "delete", {"text": "bread"}, "deleted"),
        ("Done", "change", {"status": "open"}, "completed"),
    ],
)
async def test_a_failed_call_after_which_the_task_cannot_be_read_leaves_its_outcome_unknown(
    chat: Any,
    tool_function: Any,
    monkeypatch: pytest.MonkeyPatch,
    label: str,
    method: str,
    listed: dict[str, str],
    did: str,
) -> None:
    shown = await shown_list(chat, "milk")
    tasks = tool_function.tasks
    change = tasks.change

    def unavailable(*_arguments: object) -> None:
        raise TasksUnavailable

    def fail(*arguments: Any) -> None:
        monkeypatch.setattr(tasks, "get", unavailable)
        if method == "change":
            # The work is done, and its acknowledgement lost.
            change(*arguments)
        raise TasksUnavailable

    monkeypatch.setattr(tasks, method, fail)
    action = shown.action(label)
    action["payload"]["shown"] = listed
    answer = await shown.press(label, action=action)
    assert f"not known whether “milk” was {did}" in answer.text
    given = await given_next(chat, shown.thread)
    assert f"wanted the task “milk” to be {did}" in given
    assert f"the user {did} the task" not in given


async def test_a_task_that_neither_the_list_nor_the_tools_show_is_not_called_gone_for_certain(
    chat: Any, tool_function: Any
) -> None:
    shown = await shown_list(chat, "milk", "bread")
    action = shown.action("Delete")
    other = titles(shown.item["widget"])[1][0]
    action["payload"]["shown"] = {"text": other}
    await shown.press("Delete", action=action)
    answer = await shown.press("Delete", action=action)
    assert "may be gone already" in answer.text
    assert titles(answer.json()["updated_item"]["widget"]) == [(other, False)]
