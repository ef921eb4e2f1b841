from typing import Any

import pytest

from task_assistant.tool_labels import when_done, when_failed, while_running


@pytest.mark.parametrize(
    ("tool", "arguments", "title"),
    [
        ("add_task", {"title": "buy\n milk"}, "Adding “buy milk”"),
        ("add_task", {"title": "x" * 500}, f"Adding “{'x' * 79}…”"),
        ("complete_task", {"task": "call mum"}, "Completing “call mum”"),
        ("delete_task", {"task": "task_01jz"}, "Deleting a task"),
        ("update_task", {}, "Changing a task"),
        ("update_task", {"title": 7}, "Changing a task"),
        ("list_tasks", {"status": "open"}, "Reading your tasks"),
        ("wiki__search_the-web", {"title": "x"}, "Using wiki search the web"),
    ],
)
def test_a_call_is_told_in_plain_words(tool: str, arguments: dict[str, Any], title: str) -> None:
    assert while_running(tool, arguments) == title


def test_the_result_knows_the_task_that_an_id_named() -> None:
    given = {"task": "task_01jz"}
    assert when_done("delete_task", given, {"title": "buy milk"}) == "Deleted “buy milk”"


def test_a_failure_is_told_in_plain_words() -> None:
    assert when_failed("add_task", {"title": "buy milk"}) == "Could not add “buy milk”"
    assert when_failed("list_tasks", {}) == "Could not read your tasks"
    assert when_failed("wiki__search", {}) == "Could not use wiki search"
