"""The task list as a turn or an action leaves it, read from the tools."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from agents.mcp import MCPServer
from chatkit.types import ThreadItemDoneEvent, WidgetItem
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError

from chat_api.conversation.tool_progress import ToolCall
from chat_api.conversation.turn_context import TurnContext
from task_assistant.task_widget import ListedTask, TaskList, as_text, task_list

LIST, GET = "list_tasks", "get_task"
CHANGES = {"add_task", "update_task", "complete_task", "reopen_task", "delete_task"}


class NoTaskList(Exception):
    """The tools did not say which tasks there are."""


class TaskNotShown(NoTaskList):
    """Neither the list nor get_task shows the task: it is gone, or cannot be read right now."""


def _is_a_date(value: str) -> str:
    date.fromisoformat(value)
    return value


class Shown(BaseModel):
    """Which tasks a list shows: the arguments of list_tasks, but for the page."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["open", "done", "all"] | None = None
    due_before: (
        Annotated[
            str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_is_a_date)
        ]
        | None
    ) = None
    text: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None

    def holds_all(self, page: TaskList) -> bool:
        """Return whether the page holds every task that the user has."""
        is_filtered = self.status not in (None, "all") or self.due_before or self.text
        return not is_filtered and page.next_cursor is None


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
        return _valid(TaskList, result.structured_content)


async def find_task(
    server: MCPServer, page: TaskList, shown: Shown, task_id: str
) -> ListedTask | None:
    """Return a task, which need not be on the page; None when it is gone for certain.

    Raise `TaskNotShown` when get_task fails: its error does not say whether the task is gone. Raise
    what calling a tool raises, too.
    """
    for task in page.tasks:
        if task.id == task_id:
            return task
    if shown.holds_all(page):
        return None
    result = await server.call_tool(GET, {"task": task_id})
    if result.is_error:
        raise TaskNotShown
    return _valid(ListedTask, result.structured_content)


def _valid[T: BaseModel](kind: type[T], content: object) -> T:
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        raise NoTaskList from error


async def show_tasks(
    calls: Sequence[ToolCall], server: MCPServer, turn: TurnContext
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


def shown_after(calls: Sequence[ToolCall]) -> ShownTasks | None:
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
