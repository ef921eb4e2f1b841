"""The tools of the task list. The model chooses a tool by its docstring."""

from functools import partial

from mcp_api.tool import Tool
from mcp_api.tool_request import ToolRequest
from task_tools.arguments import (
    Cursor,
    DueBefore,
    DueDate,
    Importance,
    NewImportance,
    NewTitle,
    RemoveDueDate,
    StatusFilter,
    TaskName,
    Text,
    Title,
)
from task_tools.models import Changes, NewTask, Task, TaskFilter, TaskPage
from task_tools.service import Tasks


def task_tools(tasks: Tasks) -> list[Tool]:
    """Return the tools that read and change these tasks."""
    return [
        *_reading(tasks),
        *_writing(tasks),
    ]


def _reading(tasks: Tasks) -> list[Tool]:
    def list_tasks(
        request: ToolRequest,
        status: StatusFilter = "all",
        due_before: DueBefore = None,
        text: Text = None,
        cursor: Cursor = None,
    ) -> TaskPage:
        """Show the user's tasks, oldest first, a page at a time; filters narrow them down.

        Use it whenever the user asks what there is to do, and to find a task's id. While
        next_cursor is not null there are more: call again with it as the cursor.
        """
        task_filter = TaskFilter.model_validate(
            {
                "status": None if status == "all" else status,
                "due_before": due_before,
                "text": text,
            }
        )
        return tasks.page(request.user, task_filter, cursor)

    def get_task(request: ToolRequest, task: TaskName) -> Task:
        """Show one of the user's tasks."""
        return tasks.get(request.user, task)

    reading = partial(Tool, read_only=True, destructive=False, idempotent=True, open_world=False)
    return [reading(list_tasks, "List the tasks"), reading(get_task, "Show a task")]


def _writing(tasks: Tasks) -> list[Tool]:
    def add_task(
        request: ToolRequest,
        title: Title,
        due_date: DueDate = None,
        priority: Importance = "normal",
    ) -> Task:
        """Add one new task to the user's list. Call it once for each task."""
        new = NewTask.model_validate({"title": title, "due_date": due_date, "priority": priority})
        return tasks.add(request.user, new, request.idempotency_key)

    def update_task(
        request: ToolRequest,
        task: TaskName,
        title: NewTitle = None,
        due_date: DueDate = None,
        remove_due_date: RemoveDueDate = False,
        priority: NewImportance = None,
    ) -> Task:
        """Change a task's title, due date or priority; what is left out stays as it is."""
        changes = Changes.model_validate(
            {
                "title": title,
                "due_date": due_date,
                "remove_due_date": remove_due_date,
                "priority": priority,
            }
        )
        return tasks.change(request.user, task, changes)

    def complete_task(request: ToolRequest, task: TaskName) -> Task:
        """Mark a task as done, when the user has done it."""
        return tasks.change(request.user, task, Changes(status="done"))

    def reopen_task(request: ToolRequest, task: TaskName) -> Task:
        """Mark a task that was done as open again."""
        return tasks.change(request.user, task, Changes(status="open"))

    def delete_task(request: ToolRequest, task: TaskName) -> Task:
        """Delete a task for good, when the user wants it gone; the result is the deleted task."""
        return tasks.delete(request.user, task)

    writing = partial(Tool, read_only=False, open_world=False)
    return [
        # add_task is idempotent only for a caller that sends a key.
        writing(add_task, "Add a task", destructive=False, idempotent=False),
        writing(update_task, "Change a task", destructive=False, idempotent=True),
        writing(complete_task, "Complete a task", destructive=False, idempotent=True),
        writing(reopen_task, "Reopen a task", destructive=False, idempotent=True),
        writing(delete_task, "Delete a task", destructive=True, idempotent=True),
    ]
