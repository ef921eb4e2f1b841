"""What the tools do and return, and whose tasks they reach."""

from datetime import date
from typing import Any

import boto3
import pytest

from task_tools.service import PAGE_SIZE
from tests.unit.task_tools.conftest import Clock, TaskFunction

TASK = {"id", "title", "status", "priority", "due_date", "created_at"}


def test_a_task_is_added_changed_completed_reopened_and_deleted(function: TaskFunction) -> None:
    task = function.done("alice", "add_task", title="buy milk")
    assert function.titles("alice") == {"buy milk": "open"}
    changes = {"title": "buy oat milk", "due_date": "2026-12-24", "priority": "high"}
    changed = function.done("alice", "update_task", task=task["id"], **changes)
    assert changed == task | changes
    done = function.done("alice", "complete_task", task=task["id"])
    assert done == changed | {"status": "done"}
    assert function.done("alice", "reopen_task", task=task["id"]) == changed
    assert function.done("alice", "delete_task", task=task["id"]) == changed
    assert function.titles("alice") == {}


def test_a_task_has_one_shape_wherever_it_is_shown(function: TaskFunction) -> None:
    added = function.done("alice", "add_task", title="buy milk", due_date="2026-12-24")
    [listed] = function.done("alice", "list_tasks")["tasks"]
    shown = function.done("alice", "get_task", task=added["id"])
    assert added == listed == shown
    assert set(shown) == TASK
    assert shown["due_date"] == "2026-12-24"


def test_the_output_schema_of_every_tool_is_the_shape_of_its_result(function: TaskFunction) -> None:
    for tool in function.listed().values():
        shown = set(tool["outputSchema"]["properties"])
        assert shown == ({"tasks", "next_cursor"} if tool["name"] == "list_tasks" else TASK)


def test_an_update_changes_only_the_fields_that_it_names(function: TaskFunction) -> None:
    task = function.done("alice", "add_task", title="a", due_date="2026-12-24", priority="high")
    changed = function.done("alice", "update_task", task=task["id"], title="b", due_date=None)
    assert changed == task | {"title": "b"}


def test_remove_due_date_removes_the_due_date(function: TaskFunction) -> None:
    task = function.done("alice", "add_task", title="a", due_date="2026-12-24")
    changed = function.done("alice", "update_task", task=task["id"], remove_due_date=True)
    assert changed["due_date"] is None


def test_an_update_without_changes_is_refused_with_what_it_needs(function: TaskFunction) -> None:
    task = function.done("alice", "add_task", title="a")
    assert "Call again with a title" in function.failed("alice", "update_task", task=task["id"])


@pytest.mark.parametrize("tool", ["complete_task", "reopen_task", "delete_task"])
def test_the_same_call_again_gets_the_same_answer(function: TaskFunction, tool: str) -> None:
    task = function.done("alice", "add_task", title="buy milk")
    first = function.done("alice", tool, task=task["id"])
    assert function.done("alice", tool, task=task["id"]) == first
    assert function.done("alice", tool, task="buy milk") == first


def test_a_deletion_is_remembered_for_a_day(function: TaskFunction, clock: Clock) -> None:
    task = function.done("alice", "add_task", title="buy milk")
    function.done("alice", "delete_task", task=task["id"])
    clock.now += 25 * 60 * 60
    for name in (task["id"], "buy milk"):
        assert "Call list_tasks" in function.failed("alice", "delete_task", task=name)


def test_a_deleted_task_can_no_longer_be_seen_or_changed(function: TaskFunction) -> None:
    task = function.done("alice", "add_task", title="buy milk")
    function.done("alice", "delete_task", task=task["id"])
    for name in (task["id"], "buy milk"):
        assert "There is no task" in function.failed("alice", "get_task", task=name)
        assert "There is no task" in function.failed("alice", "complete_task", task=name)
    assert function.titles("alice") == {}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["Pay rent", "buy Milk", "call Mom"]),
        ({"status": "open"}, ["Pay rent", "call Mom"]),
        ({"status": "done"}, ["buy Milk"]),
        ({"due_before": "2026-12-02"}, ["Pay rent"]),
        ({"due_before": "2026-12-01"}, []),
        ({"text": "MILK"}, ["buy Milk"]),
        ({"text": "m", "status": "open"}, ["call Mom"]),
    ],
)
def test_a_list_is_filtered(
    function: TaskFunction, filters: dict[str, str], found: list[str]
) -> None:
    function.done("alice", "add_task", title="Pay rent", due_date="2026-12-01")
    milk = function.done("alice", "add_task", title="buy Milk", due_date="2026-12-24")
    function.done("alice", "complete_task", task=milk["id"])
    function.done("alice", "add_task", title="call Mom")
    tasks = function.done("alice", "list_tasks", **filters)["tasks"]
    assert [task["title"] for task in tasks] == found


def test_each_page_begins_where_the_previous_one_ended(function: TaskFunction) -> None:
    added = [f"task {number}" for number in range(PAGE_SIZE + 5)]
    for number, title in enumerate(added):
        function.done("alice", "add_task", title=title, key=f"k{number % 7}-{number}")
    first = function.done("alice", "list_tasks")
    second = function.done("alice", "list_tasks", cursor=first["next_cursor"])
    assert [task["title"] for page in (first, second) for task in page["tasks"]] == added
    assert (len(first["tasks"]), second["next_cursor"]) == (PAGE_SIZE, None)


def test_a_cursor_works_only_for_the_list_that_returned_it(function: TaskFunction) -> None:
    for user in ("alice", "bob"):
        for number in range(PAGE_SIZE + 1):
            function.done(user, "add_task", title=str(number))
    cursor = function.done("alice", "list_tasks")["next_cursor"]
    for user, arguments in (
        ("bob", {"cursor": cursor}),
        ("alice", {"cursor": cursor, "status": "open"}),
        ("alice", {"cursor": cursor[:-1]}),
        ("alice", {"cursor": "rubbish"}),
        ("alice", {"cursor": "é"}),
    ):
        assert "without a cursor" in function.failed(user, "list_tasks", **arguments)


def test_a_title_names_a_task_regardless_of_case(function: TaskFunction) -> None:
    task = function.done("alice", "add_task", title="Buy milk")
    assert function.done("alice", "get_task", task=" buy  MILK ")["id"] == task["id"]
    assert function.done("alice", "complete_task", task="buy milk")["status"] == "done"


def test_an_ambiguous_title_is_refused_with_all_its_tasks(function: TaskFunction) -> None:
    both = [function.done("alice", "add_task", title="buy milk")["id"] for _ in range(2)]
    for tool in ("get_task", "complete_task", "delete_task"):
        answer = function.failed("alice", tool, task="buy milk")
        assert '2 tasks are called "buy milk"' in answer
        assert all(task in answer for task in both)
        assert "Ask the user which one" in answer
    assert function.titles("alice") == {"buy milk": "open"}


def test_part_of_a_title_names_no_task_but_suggests_one(function: TaskFunction) -> None:
    task = function.done("alice", "add_task", title="buy milk")
    answer = function.failed("alice", "delete_task", task="milk")
    assert f'Did you mean {task["id"]} ("buy milk", open)' in answer


def test_a_missing_task_is_refused_with_the_next_step(function: TaskFunction) -> None:
    missing = f"task_{'0' * 26}"
    for tool in ("get_task", "complete_task", "reopen_task", "delete_task"):
        answer = function.failed("alice", tool, task=missing)
        assert f"There is no task {missing}. Call list_tasks" in answer


def test_two_users_never_see_or_change_each_others_tasks(function: TaskFunction) -> None:
    task = function.done("alice", "add_task", title="secret")
    assert function.titles("bob") == {}
    changes: list[tuple[str, dict[str, str]]] = [
        ("get_task", {}),
        ("complete_task", {}),
        ("reopen_task", {}),
        ("delete_task", {}),
        ("update_task", {"title": "x"}),
    ]
    for tool, more in changes:
        for name in (task["id"], "secret"):
            answer = function.failed("bob", tool, task=name, **more)
            assert "There is no task" in answer
            assert "Did you mean" not in answer
    assert function.titles("alice") == {"secret": "open"}


def test_a_user_name_cannot_reach_another_users_partition(function: TaskFunction) -> None:
    function.done("al", "add_task", title="al's")
    assert function.titles("al#") == function.titles("al%23") == {}


def test_a_failing_table_is_reported_to_the_model_and_logged(
    function: TaskFunction, logged: list[dict[str, Any]]
) -> None:
    boto3.client("dynamodb").delete_table(TableName="tasks")
    assert "Try again in a moment" in function.failed("alice", "list_tasks")
    [line] = [line for line in logged if line["message"] == "tasks_unavailable"]
    assert line["aws_error"] == "ResourceNotFoundException"


def test_a_due_date_is_returned_as_an_iso_date(function: TaskFunction) -> None:
    task = function.done("alice", "add_task", title="a", due_date="2028-02-29")
    assert date.fromisoformat(task["due_date"]) == date(2028, 2, 29)
