"""The task list as a turn or an action leaves it, read from the tools."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from agents.mcp import MCPServer
from chatkit.types import ThreadItemDoneEvent, WidgetItem

from chat_api.progress import Call
from chat_api.task_widget import TaskList, as_text, task_list
from chat_api.turn_context import TurnContext

LIST = "list_tasks"
CHANGES = {"add_task", "update_task", "complete_task", "reopen_task", "delete_task"}


class NoTaskList(Exception):
    """The tools did not tell which tasks there are."""


@dataclass(frozen=True)
class ShownTasks:
    """Which tasks are to be shown: the arguments of list_tasks, and its answer if it is known."""

    arguments: dict[str, Any]
    page: TaskList | None = None

    async def read(self, server: MCPServer) -> TaskList:
        """The tasks, asked for unless they are known. Raises `NoTaskList`."""
        if self.page is not None:
            return self.page
        result = await server.call_tool(LIST, self.arguments)
        if result.is_error or not result.structured_content:
            raise NoTaskList
        return TaskList.model_validate(result.structured_content)


async def show_tasks(
    calls: Sequence[Call], server: MCPServer, turn: TurnContext
) -> ThreadItemDoneEvent | None:
    """Return the list as a widget, if these calls were about it. Raises what reading it raises."""
    shown = shown_after(calls)
    if shown is None:
        return None
    page = await shown.read(server)
    item = WidgetItem(
        id=turn.generate_id("message"),
        thread_id=turn.thread.id,
        created_at=datetime.now(UTC),
        widget=task_list(page, shown.arguments),
        copy_text=as_text(page),
    )
    return ThreadItemDoneEvent(item=item) if page.tasks else None


def shown_after(calls: Sequence[Call]) -> ShownTasks | None:
    """What is to be shown after these calls: what was listed last, or all when that changed."""
    shown: ShownTasks | None = None
    for call in calls:
        if call.failed:
            continue
        if call.tool in CHANGES:
            shown = ShownTasks({})
        elif call.tool == LIST and call.result:
            shown = _listed(call.arguments, call.result)
    return shown


def _listed(arguments: Mapping[str, Any], result: Mapping[str, Any]) -> ShownTasks:
    wanted = {name: value for name, value in arguments.items() if value is not None}
    # The first page of it is shown, whichever was read last.
    later = wanted.pop("cursor", None)
    return ShownTasks(wanted, None if later else TaskList.model_validate(result))
