"""Repeated additions, changes and deletions have one effect."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import boto3
import pytest

from chatcore.aws import QUICK
from chatcore.ids import TimeOrderedIds
from task_tools.models import Changes, NewTask, TaskFilter
from task_tools.service import Tasks
from task_tools.table import TasksTable
from tests.store.contract.backend import clients
from tests.store.contract.engines import Engine, moto
from tests.store.contract.fault_proxy import Fault, FaultProxy, only
from tests.tables import SCHEMA
from tests.unit.task_tools.conftest import TaskFunction

ALL_TASKS = TaskFilter()


def test_the_same_key_again_creates_no_second_task(function: TaskFunction) -> None:
    first = function.done("alice", "add_task", key="c1", title="buy milk")
    assert function.done("alice", "add_task", key="c1", title="buy milk") == first
    assert len(function.done("alice", "list_tasks")["tasks"]) == 1


def test_without_a_key_the_same_title_is_another_task(function: TaskFunction) -> None:
    first = function.done("alice", "add_task", title="buy milk")
    assert function.done("alice", "add_task", title="buy milk")["id"] != first["id"]


def test_another_key_creates_another_task(function: TaskFunction) -> None:
    for key in ("c1", "c2"):
        function.done("alice", "add_task", key=key, title="buy milk")
    assert len(function.done("alice", "list_tasks")["tasks"]) == 2


def test_two_users_may_use_the_same_key(function: TaskFunction) -> None:
    ids = {function.done(user, "add_task", key="c1", title="x")["id"] for user in ("al", "bob")}
    assert len(ids) == 2


def test_a_key_used_for_another_task_is_refused(function: TaskFunction) -> None:
    function.done("alice", "add_task", key="c1", title="buy milk")
    answer = function.failed("alice", "add_task", key="c1", title="buy tea")
    assert "call again with a new key" in answer
    assert function.titles("alice") == {"buy milk": "open"}


def test_a_late_repeat_returns_the_task_as_it_is_now(function: TaskFunction) -> None:
    task = function.done("alice", "add_task", key="c1", title="buy milk")
    function.done("alice", "update_task", task=task["id"], title="buy oat milk")
    done = function.done("alice", "complete_task", task=task["id"])
    assert function.done("alice", "add_task", key="c1", title="buy milk") == done


def test_a_late_repeat_does_not_restore_a_deleted_task(function: TaskFunction) -> None:
    task = function.done("alice", "add_task", key="c1", title="buy milk")
    function.done("alice", "delete_task", task=task["id"])
    answer = function.failed("alice", "add_task", key="c1", title="buy milk")
    assert "has since been deleted. Nothing was added" in answer
    assert function.titles("alice") == {}


@pytest.mark.parametrize("key", ["", "x" * 257])
def test_an_empty_or_long_key_is_refused(function: TaskFunction, key: str) -> None:
    assert "1 to 256 characters" in function.failed("alice", "add_task", key=key, title="x")
    assert function.titles("alice") == {}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with moto() as address:
        yield address


@pytest.fixture
async def proxy(address: str) -> FaultProxy:
    return FaultProxy(Engine("moto", address, address))


@pytest.fixture
async def remote(address: str, proxy: FaultProxy, tmp_path: Path) -> AsyncIterator[Tasks]:
    """Return tasks in a table behind a proxy that can lose responses."""
    direct = boto3.client("dynamodb", endpoint_url=address)
    direct.create_table(TableName=tmp_path.name, **SCHEMA)
    direct.close()
    async with proxy.running() as engine:
        with clients(engine, QUICK) as made:
            yield Tasks(TasksTable(lambda: made.dynamodb, tmp_path.name), TimeOrderedIds())


@pytest.mark.parametrize("key", [None, "c1"], ids=["without a key", "with a key"])
async def test_a_lost_acknowledgment_creates_no_second_task(
    remote: Tasks, proxy: FaultProxy, key: str | None
) -> None:
    proxy.follow(only(1, Fault.UNACKNOWLEDGED))
    added = await asyncio.to_thread(remote.add, "alice", NewTask(title="buy milk"), key)
    assert proxy.requests == ["PutItem", "PutItem"]
    assert (await asyncio.to_thread(remote.page, "alice", ALL_TASKS)).tasks == [added]


async def test_a_change_whose_acknowledgment_is_lost_is_made_once(
    remote: Tasks, proxy: FaultProxy
) -> None:
    task = await asyncio.to_thread(remote.add, "alice", NewTask(title="buy milk"))
    proxy.follow(only(1, Fault.UNACKNOWLEDGED))
    done = await asyncio.to_thread(remote.change, "alice", task.id, Changes(status="done"))
    assert done == task.model_copy(update={"status": "done"})
    assert proxy.requests == ["UpdateItem", "UpdateItem"]


@pytest.mark.parametrize("lost", [2, 3], ids=["of the copy", "of the task's own row"])
async def test_a_deletion_whose_acknowledgment_is_lost_is_made(
    remote: Tasks, proxy: FaultProxy, lost: int
) -> None:
    task = await asyncio.to_thread(remote.add, "alice", NewTask(title="buy milk"))
    proxy.follow(only(lost, Fault.UNACKNOWLEDGED))
    assert await asyncio.to_thread(remote.delete, "alice", task.id) == task
    assert len(proxy.requests) == 4
    assert (await asyncio.to_thread(remote.page, "alice", ALL_TASKS)).tasks == []
