"""The tools that the agent is given: what a team replaces with its own.

A docstring is what a model chooses the tool by; the arguments' descriptions are in arguments.py.
"""

from collections.abc import Callable
from typing import Any

from mcp.server.caching import CacheHint
from mcp.server.mcpserver import Context, MCPServer
from mcp_types import ToolAnnotations

from chatcore import __version__
from mcp_api.auth import Caller
from mcp_api.strict_tool import StrictTool, strict_tool
from task_tools import arguments as given
from task_tools.errors import BadKey, ReadOnly
from task_tools.models import Changes, NewTask, Task, TaskFilter, TaskPage
from task_tools.service import Tasks

# In a call's `_meta`: whoever repeats the call repeats the key, and an addition is made once.
KEY = "chatkit-on-lambda/idempotency-key"
MAX_KEY = 256
# The tools change with a deployment only, and are the same for everybody.
LISTED_FOR = CacheHint(ttl_ms=5 * 60 * 1000, scope="public")
# The request, which carries the verified caller; never an argument that a model could fill in.
ToolContext = Context[Any, Any]


def create_server(tasks: Tasks, caller: Callable[[ToolContext], Caller]) -> MCPServer[Any]:
    """The tool server; `caller` tells who makes a call."""
    return MCPServer(
        "tasks",
        title="Tasks",
        version=__version__,
        instructions="The personal task list of the user who is signed in.",
        tools=[*_reading(tasks, caller), *_writing(tasks, caller)],
        cache_hints={"tools/list": LISTED_FOR, "server/discover": LISTED_FOR},
        subscriptions=False,
        log_level="WARNING",
    )


def _reading(tasks: Tasks, caller: Callable[[ToolContext], Caller]) -> list[StrictTool]:
    def list_tasks(
        ctx: ToolContext,
        status: given.Wanted = "all",
        due_before: given.DueBefore = None,
        text: given.Text = None,
        cursor: given.Cursor = None,
    ) -> TaskPage:
        """Show the user's tasks, oldest first, a page at a time, all or those that fit filters.

        Use it whenever the user asks what there is to do, and to find a task's id. While
        next_cursor is not null there are more: call again with it as the cursor.
        """
        wanted = TaskFilter.model_validate(
            {
                "status": None if status == "all" else status,
                "due_before": due_before,
                "text": text,
            }
        )
        return tasks.page(caller(ctx).user, wanted, cursor)

    def get_task(task: given.TaskName, ctx: ToolContext) -> Task:
        """Show one task of the user."""
        return tasks.get(caller(ctx).user, task)

    hints = _hints(read_only=True, idempotent=True)
    return [
        strict_tool(list_tasks, "List the tasks", hints),
        strict_tool(get_task, "Show a task", hints),
    ]


def _writing(tasks: Tasks, caller: Callable[[ToolContext], Caller]) -> list[StrictTool]:
    def writer(ctx: ToolContext) -> str:
        """The user who calls, when their token lets them write."""
        calling = caller(ctx)
        if not calling.may_write:
            raise ReadOnly
        return calling.user

    def add_task(
        title: given.Title,
        ctx: ToolContext,
        due_date: given.DueDate = None,
        priority: given.Importance = "normal",
    ) -> Task:
        """Add one new task to the user's list. ToolContext it once for each task."""
        asked = NewTask.model_validate({"title": title, "due_date": due_date, "priority": priority})
        return tasks.add(writer(ctx), asked, _key(ctx))

    def update_task(
        task: given.TaskName,
        ctx: ToolContext,
        title: given.NewTitle = None,
        due_date: given.DueDate = None,
        remove_due_date: given.RemoveDueDate = False,
        priority: given.NewImportance = None,
    ) -> Task:
        """Give a task another title, due date or priority; what is left out stays as it is."""
        changes = Changes.model_validate(
            {
                "title": title,
                "due_date": due_date,
                "remove_due_date": remove_due_date,
                "priority": priority,
            }
        )
        return tasks.change(writer(ctx), task, changes)

    def complete_task(task: given.TaskName, ctx: ToolContext) -> Task:
        """Mark a task as done, when the user has done it."""
        return tasks.change(writer(ctx), task, Changes(status="done"))

    def reopen_task(task: given.TaskName, ctx: ToolContext) -> Task:
        """Mark a task that was done as open again."""
        return tasks.change(writer(ctx), task, Changes(status="open"))

    def delete_task(task: given.TaskName, ctx: ToolContext) -> Task:
        """Delete a task for good, when the user wants it gone; the answer is what it was."""
        return tasks.delete(writer(ctx), task)

    repeatable = _hints(read_only=False, idempotent=True)
    return [
        # Idempotent only for a caller that sends a key.
        strict_tool(add_task, "Add a task", _hints(read_only=False, idempotent=False)),
        strict_tool(update_task, "Change a task", repeatable),
        strict_tool(complete_task, "Complete a task", repeatable),
        strict_tool(reopen_task, "Reopen a task", repeatable),
        strict_tool(
            delete_task,
            "Delete a task",
            _hints(read_only=False, idempotent=True, destructive=True),
        ),
    ]


def _hints(*, read_only: bool, idempotent: bool, destructive: bool = False) -> ToolAnnotations:
    """All four hints: what is left out means destructive and open-world to a client."""
    return ToolAnnotations(
        read_only_hint=read_only,
        destructive_hint=destructive,
        idempotent_hint=idempotent,
        open_world_hint=False,
    )


def _key(ctx: ToolContext) -> str | None:
    """The idempotency key that came with a call."""
    meta: Any = ctx.request_context.meta or {}
    key = meta.get(KEY)
    if key is not None and not (isinstance(key, str) and 0 < len(key) <= MAX_KEY):
        raise BadKey(MAX_KEY)
    return key
