"""The tool server of the task list, and its settings."""

from collections.abc import Mapping

from chatcore.aws import AwsClients
from chatcore.ids import TimeOrderedIds
from chatcore.settings import Settings
from mcp_api.tool_server import ToolServer
from task_tools.service import Tasks
from task_tools.table import TasksTable
from task_tools.tools import task_tools


class TaskSettings(Settings):
    """The settings of the task tools, in the MCP function's environment."""

    tasks_table: str


def create_server(environ: Mapping[str, str], clients: AwsClients) -> ToolServer:
    """Return the task list's tools. Raise `SettingsError` without their settings."""
    settings = TaskSettings.from_environ(environ)
    table = TasksTable(lambda: clients.dynamodb, settings.tasks_table)
    return task_server(Tasks(table, TimeOrderedIds()))


def task_server(tasks: Tasks) -> ToolServer:
    """Return the tool server of these tasks."""
    return ToolServer(
        name="tasks",
        title="Tasks",
        instructions="The personal task list of the user who is signed in.",
        scope="tasks",
        tools=task_tools(tasks),
    )
