"""Deleted tasks are remembered for a day and do not slow down lookups."""

from collections.abc import Callable

import boto3
import pytest

from chatcore.ids import TimeOrderedIds
from task_tools.errors import DeletedSince, KeyReused, TaskNotFound, TasksUnavailable
from task_tools.models import Changes, NewTask, Task, TaskFilter
from task_tools.service import Tasks
from task_tools.table import TasksTable
from tests.unit.task_tools.conftest import Clock

ALL_TASKS = TaskFilter()
DAY = 24 * 60 * 60


class FailingTable(TasksTable):
    """A table on which the second write of a deletion fails."""

    def remove(self, user: str, task_id: str) -> None:
        raise TasksUnavailable


@pytest.fixture
def table(create_table: Callable[[str], None]) -> TasksTable:
    create_table("tasks")
    client = boto3.client("dynamodb")
    return TasksTable(lambda: client, "tasks")


@pytest.fixture
def tasks(table: TasksTable, clock: Clock) -> Tasks:
    return Tasks(table, TimeOrderedIds(), clock)


def added(tasks: Tasks, *titles: str) -> list[Task]:
    return [tasks.add("alice", NewTask(title=title)) for title in titles]


def titles(tasks: Tasks) -> list[str]:
    return [task.title for task in tasks.page("alice", ALL_TASKS).tasks]


def mark_deleted_in_place(task: Task, expires_at: float) -> None:
    """Mark a task as deleted in its own row, as earlier versions did."""
    boto3.client("dynamodb").update_item(
        TableName="tasks",
        Key={"pk": {"S": "user#alice"}, "sk": {"S": task.id}},
        UpdateExpression="SET expires_at = :at",
        ExpressionAttributeValues={":at": {"N": str(int(expires_at))}},
    )


@pytest.mark.parametrize(
    "operation",
    [
        lambda tasks: tasks.get("alice", "bread"),
        lambda tasks: tasks.change("alice", "bread", Changes(status="done")),
        lambda tasks: tasks.delete("alice", "bread"),
        lambda tasks: tasks.page("alice", ALL_TASKS),
    ],
    ids=["get", "change", "delete", "list"],
)
def test_a_lookup_reads_no_deleted_tasks(
    clock: Clock, table: TasksTable, operation: Callable[[Tasks], object]
) -> None:
    client, read = boto3.client("dynamodb"), list[int]()
    client.meta.events.register(
        "after-call.dynamodb.Query", lambda parsed, **_: read.append(parsed["ScannedCount"])
    )
    tasks = Tasks(TasksTable(lambda: client, "tasks"), TimeOrderedIds(), clock)
    added(tasks, "milk", "bread", "eggs")
    for task in added(tasks, *map(str, range(30))):
        tasks.delete("alice", task.id)
    read.clear()
    operation(tasks)
    assert read == [3]


def test_a_deletion_that_failed_halfway_is_finished_by_a_repeat(
    table: TasksTable, tasks: Tasks, clock: Clock
) -> None:
    [task] = added(tasks, "milk")
    failing = Tasks(
        FailingTable(lambda: boto3.client("dynamodb"), "tasks"), TimeOrderedIds(), clock
    )
    with pytest.raises(TasksUnavailable):
        failing.delete("alice", "milk")
    assert titles(tasks) == ["milk"]
    for _ in range(2):
        assert tasks.delete("alice", "milk") == task
        assert titles(tasks) == []


def test_a_late_repeat_with_another_task_for_the_key_restores_nothing(tasks: Tasks) -> None:
    task = tasks.add("alice", NewTask(title="milk"), "c1")
    tasks.delete("alice", task.id)
    with pytest.raises(KeyReused):
        tasks.add("alice", NewTask(title="tea"), "c1")
    assert titles(tasks) == []


def test_a_key_may_be_used_again_once_its_deleted_task_is_forgotten(
    tasks: Tasks, clock: Clock
) -> None:
    task = tasks.add("alice", NewTask(title="milk"), "c1")
    tasks.delete("alice", task.id)
    clock.now += DAY + 60
    again = tasks.add("alice", NewTask(title="milk"), "c1")
    assert again.id == task.id
    assert titles(tasks) == ["milk"]
    assert tasks.delete("alice", "milk") == again


def test_a_title_names_the_last_deleted_task(tasks: Tasks) -> None:
    first, second = added(tasks, "milk", "milk")
    for task in (second, first):
        tasks.delete("alice", task.id)
    assert tasks.delete("alice", "Milk") == first


def test_a_task_that_was_deleted_in_its_own_row_stays_deleted(tasks: Tasks, clock: Clock) -> None:
    task = tasks.add("alice", NewTask(title="milk"), "c1")
    mark_deleted_in_place(task, clock.now + DAY)
    assert titles(tasks) == []
    for name in (task.id, "milk"):
        with pytest.raises(TaskNotFound):
            tasks.get("alice", name)
        assert tasks.delete("alice", name) == task
    with pytest.raises(DeletedSince):
        tasks.add("alice", NewTask(title="milk"), "c1")
    assert titles(tasks) == []
    clock.now += DAY + 60
    with pytest.raises(TaskNotFound):
        tasks.delete("alice", task.id)
