"""Which tasks a widget shows, and reading them with the tools."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from agents.mcp import MCPServer
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError

from chat_api.conversation.assistant import ToolCall, Widget
from chat_api.tools.errors import ToolsUnavailable
from task_assistant.task_widget import ListedTask, TaskList, task_list

LIST, GET = "list_tasks", "get_task"


class NoTaskList(ToolsUnavailable):
    """The tools returned no readable task list."""


class TaskNotShown(NoTaskList):
    """Neither the list nor get_task shows the task: it is gone, or cannot be read right now."""


def _valid_date(value: str) -> str:
    date.fromisoformat(value)
    return value


class Filter(BaseModel):
    """Which tasks a list shows: the arguments of list_tasks, except for the page."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["open", "done", "all"] | None = None
    due_before: (
        Annotated[
            str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_valid_date)
        ]
        | None
    ) = None
    text: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of list_tasks."""
        return self.model_dump(exclude_none=True)

    def holds_all(self, page: TaskList) -> bool:
        """Return whether the page holds every task that the user has."""
        is_filtered = self.status not in (None, "all") or self.due_before or self.text
        return not is_filtered and page.next_cursor is None


@dataclass(frozen=True)
class ShownTasks:
    """Which tasks to show: the arguments of list_tasks, and its answer if that is known."""

    arguments: dict[str, Any]
    page: TaskList | None = None

    async def read(self, tools: MCPServer) -> TaskList:
        """Return the tasks, and call list_tasks if they are not known. Raise `ToolsUnavailable`."""
        return self.page or await read_list(tools, self.arguments)


async def read_list(tools: MCPServer, arguments: dict[str, Any]) -> TaskList:
    """Return what list_tasks answers. Raise `ToolsUnavailable`."""
    result = await tools.call_tool(LIST, arguments)
    if result.is_error or not result.structured_content:
        raise NoTaskList
    return _valid(TaskList, result.structured_content)


async def find_task(
    tools: MCPServer, page: TaskList, wanted: Filter, task_id: str
) -> ListedTask | None:
    """Return a task, which need not be on the page; None if it certainly does not exist.

    Raise `TaskNotShown` when get_task fails: its error does not say whether the task is gone. Also
    raise any error of calling a tool.
    """
    for task in page.tasks:
        if task.id == task_id:
            return task
    if wanted.holds_all(page):
        return None
    result = await tools.call_tool(GET, {"task": task_id})
    if result.is_error:
        raise TaskNotShown
    return _valid(ListedTask, result.structured_content)


async def read_task(tools: MCPServer, task_id: str) -> ListedTask | None:
    """Return one task; None if get_task does not show it. Raise `ToolsUnavailable`."""
    result = await tools.call_tool(GET, {"task": task_id})
    return None if result.is_error else _valid(ListedTask, result.structured_content)


def _valid[T: BaseModel](kind: type[T], content: object) -> T:
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        raise NoTaskList from error


async def show_tasks(calls: Sequence[ToolCall], tools: MCPServer) -> Widget | None:
    """Return the list as a widget if these calls were about it and it is not empty."""
    shown = shown_after(calls)
    if shown is None:
        return None
    page = await shown.read(tools)
    return task_list(page, shown.arguments) if page.tasks else None


def shown_after(calls: Sequence[ToolCall]) -> ShownTasks | None:
    """Return what to show after these calls: the last list, or all tasks after a change."""
    shown: ShownTasks | None = None
    for call in calls:
        if call.failed or not call.is_own:
            continue
        if call.tool == LIST and call.result:
            shown = _listed(call.arguments, call.result)
        elif not call.read_only:
            shown = ShownTasks({})
    return shown


def _listed(arguments: Mapping[str, Any], result: Mapping[str, Any]) -> ShownTasks:
    wanted = {name: value for name, value in arguments.items() if value is not None}
    # The widget shows the first page, whichever page was read last.
    later = wanted.pop("cursor", None)
    return ShownTasks(wanted, None if later else TaskList.model_validate(result))
