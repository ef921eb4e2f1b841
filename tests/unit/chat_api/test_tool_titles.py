"""The labels of the task tools' calls."""

from typing import Any, Literal

import pytest

from chat_api.conversation.assistant import ToolCall
from task_assistant.tool_labels import label


def label_of(
    tool: str,
    arguments: dict[str, Any],
    state: Literal["running", "done", "failed"] = "running",
    result: dict[str, Any] | None = None,
) -> str | None:
    call = ToolCall(tool, arguments, tool, is_own=True, result=result or {}, state=state)
    return label(call)


@pytest.mark.parametrize(
    ("tool", "arguments", "expected"),
    [
        ("add_task", {"title": "buy\n milk"}, "Adding “buy milk”"),
        ("add_task", {"title": "x" * 500}, f"Adding “{'x' * 79}…”"),
        ("complete_task", {"task": "call Mom"}, "Completing “call Mom”"),
        ("delete_task", {"task": "task_01jz"}, "Deleting a task"),
        ("update_task", {}, "Changing a task"),
        ("update_task", {"title": 7}, "Changing a task"),
        ("list_tasks", {"status": "open"}, "Reading your tasks"),
    ],
)
def test_running_call_has_a_plain_title(
    tool: str, arguments: dict[str, Any], expected: str
) -> None:
    assert label_of(tool, arguments) == expected


def test_result_supplies_the_title_of_a_task_given_by_id() -> None:
    given = {"task": "task_01jz"}
    assert label_of("delete_task", given, "done", {"title": "buy milk"}) == "Deleted “buy milk”"


def test_failed_call_has_a_plain_title() -> None:
    assert label_of("add_task", {"title": "buy milk"}, "failed") == "Could not add “buy milk”"
    assert label_of("list_tasks", {}, "failed") == "Could not read your tasks"


def test_tool_of_another_server_has_no_label() -> None:
    assert label(ToolCall("wiki__search", {}, "Search")) is None
    assert label(ToolCall("add_task", {"title": "x"}, "Add", is_own=False)) is None
