"""The MCP function with the task tools, on the test's own table."""

from collections.abc import Callable

import boto3
import pytest

from chatcore.auth.keys import Keys
from chatcore.ids import TimeOrderedIds
from mcp_api.server import McpServer
from task_tools.server import task_server
from task_tools.service import Tasks
from task_tools.table import TasksTable
from tests.unit.mcp_api.function import Event, Function


class Clock:
    """Seconds since 1970, set by the test. Each reading advances them by one."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.now = 1_795_000_000.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


class TaskFunction(Function):
    """The MCP function with the task tools."""

    def titles(self, user: str) -> dict[str, str]:
        tasks = self.done(user, "list_tasks")["tasks"]
        return {task["title"]: task["status"] for task in tasks}


@pytest.fixture(scope="session")
def session_clock() -> Clock:
    return Clock()


@pytest.fixture
def clock(session_clock: Clock) -> Clock:
    session_clock.reset()
    return session_clock


@pytest.fixture(scope="session")
def session_tasks(session_clock: Clock) -> Tasks:
    client = boto3.client("dynamodb")
    return Tasks(TasksTable(lambda: client, "tasks"), TimeOrderedIds(), session_clock)


@pytest.fixture(scope="session")
def server(session_tasks: Tasks) -> McpServer:
    """Return one server for all tests, because creating it is slow. Each test has its own table."""
    return McpServer(task_server(session_tasks))


@pytest.fixture
def tasks(create_table: Callable[[str], None], clock: Clock, session_tasks: Tasks) -> Tasks:
    create_table("tasks")
    return session_tasks


@pytest.fixture
def function(
    keys: Keys, event: Event, tasks: Tasks, server: McpServer, current_loop: None
) -> TaskFunction:
    return TaskFunction(keys, event, server)
