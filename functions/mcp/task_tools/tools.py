"""The tools that the agent is given: what a team replaces with its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field, StringConstraints

from chatcore import __version__
from task_tools.tasks import Task, TaskNotFound, TaskPage, Tasks

Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    Field(description="What is to be done."),
]
TaskId = Annotated[
    str, Field(min_length=1, max_length=64, description="The task's id, from list_tasks.")
]
Cursor = Annotated[
    str | None, Field(max_length=64, description="The next_cursor of the page before.")
]
# The request, which carries the verified user; never an argument that the model could fill in.
Call = Context[Any, Any]


def create_server(tasks: Tasks, caller: Callable[[Call], str]) -> MCPServer[Any]:
    """The tool server; `caller` tells the verified user of a call."""
    server: MCPServer[Any] = MCPServer(
        "tasks", version=__version__, subscriptions=False, log_level="WARNING"
    )

    @server.tool(title="Add a task", annotations=_hints(read_only=False, idempotent=False))
    def add_task(title: Title, ctx: Call) -> Task:
        """Add one task to the user's list."""
        return tasks.add(caller(ctx), title)

    @server.tool(title="List the tasks", annotations=_hints(read_only=True, idempotent=True))
    def list_tasks(ctx: Call, cursor: Cursor = None) -> TaskPage:
        """List the user's tasks, open and done ones, oldest first, a page at a time."""
        return tasks.page(caller(ctx), cursor=cursor)

    @server.tool(title="Rename a task", annotations=_hints(read_only=False, idempotent=True))
    def update_task(task_id: TaskId, title: Title, ctx: Call) -> Task:
        """Give a task another title."""
        with _told(task_id):
            return tasks.change(caller(ctx), task_id, title=title)

    @server.tool(title="Complete a task", annotations=_hints(read_only=False, idempotent=True))
    def complete_task(task_id: TaskId, ctx: Call) -> Task:
        """Mark a task as done."""
        with _told(task_id):
            return tasks.change(caller(ctx), task_id, status="done")

    @server.tool(
        title="Delete a task",
        annotations=_hints(read_only=False, idempotent=True, destructive=True),
    )
    def delete_task(task_id: TaskId, ctx: Call) -> Task:
        """Delete a task for good; the answer is what it was."""
        with _told(task_id):
            return tasks.delete(caller(ctx), task_id)

    return server


def _hints(*, read_only: bool, idempotent: bool, destructive: bool = False) -> ToolAnnotations:
    """All four hints: what is left out means destructive and open-world to a client."""
    return ToolAnnotations(
        read_only_hint=read_only,
        destructive_hint=destructive,
        idempotent_hint=idempotent,
        open_world_hint=False,
    )


@contextmanager
def _told(task_id: str) -> Iterator[None]:
    """Tell the model of a missing task in a sentence that names the next step."""
    try:
        yield
    except TaskNotFound:
        raise ToolError(f"There is no task {task_id}. Call list_tasks to see the ids.") from None
