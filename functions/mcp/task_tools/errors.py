"""The errors of the task tools.

The SDK passes the text of a `ToolError` to the model, so each one says what to do next.
"""

from mcp.server.mcpserver.exceptions import ToolError

from task_tools.models import Task

MAX_CANDIDATES = 5


class TaskNotFound(ToolError):
    """The user has no such task."""

    def __init__(self, task: str, similar: list[Task] | None = None) -> None:
        question = f" Did you mean {_listed(similar, 'or')}?" if similar else ""
        super().__init__(f"There is no task {task}.{question} Call list_tasks to see all of them.")


class AmbiguousTitle(ToolError):
    """Several tasks have that title."""

    def __init__(self, title: str, candidates: list[Task]) -> None:
        super().__init__(
            f'{len(candidates)} tasks are called "{title}": {_listed(candidates, "and")}.'
            " Ask the user which one is meant, then call again with its id."
        )


class NothingToChange(ToolError):
    """The update names no change."""

    def __init__(self) -> None:
        super().__init__(
            "The call names no change. Call again with a title, a priority, a due_date or"
            " remove_due_date."
        )


class BadCursor(ToolError):
    """The cursor belongs to another list."""

    def __init__(self) -> None:
        super().__init__(
            "The cursor does not belong to this list. Send the next_cursor of the previous page"
            " with the same filters, or call list_tasks without a cursor."
        )


class KeyReused(ToolError):
    """The idempotency key was used for another task."""

    def __init__(self) -> None:
        super().__init__(
            "The idempotency key was already used for another task. Call list_tasks to see it, or"
            " call again with a new key."
        )


class DeletedSince(ToolError):
    """The same call added a task that has since been deleted."""

    def __init__(self) -> None:
        super().__init__(
            "The same call already added this task, and the task has since been deleted. Nothing"
            " was added now. If the user wants it on the list again, call add_task once more; a"
            " client that sets keys itself sends a new one."
        )


class TasksUnavailable(ToolError):
    """The table does not answer."""

    def __init__(self) -> None:
        super().__init__("The task list cannot be reached right now. Try again in a moment.")


def _listed(tasks: list[Task], conjunction: str) -> str:
    entries = [_described(task) for task in tasks[:MAX_CANDIDATES]]
    if len(tasks) > MAX_CANDIDATES:
        entries.append(f"{len(tasks) - MAX_CANDIDATES} more")
    parts = [", ".join(entries[:-1]), entries[-1]] if len(entries) > 1 else entries
    return f" {conjunction} ".join(parts)


def _described(task: Task) -> str:
    due = f", due {task.due_date}" if task.due_date else ""
    return f'{task.id} ("{task.title}", {task.status}{due})'
