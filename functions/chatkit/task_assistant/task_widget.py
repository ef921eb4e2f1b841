"""The user's tasks as a widget with buttons: tasks.widget."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from chatkit.widgets import WidgetTemplate
from pydantic import BaseModel

from chat_api.conversation.assistant import Widget

TEMPLATE = WidgetTemplate.from_file(str(Path(__file__).with_name("tasks.widget")))
MAX_ROWS = 25


class ListedTask(BaseModel):
    """What the widget shows of a task, as the tools give it."""

    id: str
    title: str
    status: str = "open"
    priority: str = "normal"
    due_date: str | None = None

    @property
    def done(self) -> bool:
        return self.status == "done"

    @property
    def note(self) -> str:
        due = [f"due {self.due_date}"] if self.due_date else []
        urgent = [f"{self.priority} priority"] if self.priority != "normal" else []
        return "" if self.done else ", ".join([*due, *urgent])


class TaskList(BaseModel):
    """A page of tasks; there are more if `next_cursor` is set."""

    tasks: list[ListedTask]
    next_cursor: str | None = None

    def without(self, task_id: str) -> TaskList:
        left = [task for task in self.tasks if task.id != task_id]
        return self.model_copy(update={"tasks": left})

    def with_task(self, changed: ListedTask) -> TaskList:
        """Return the page with a changed task, if it contains that task."""
        tasks = [changed if task.id == changed.id else task for task in self.tasks]
        return self.model_copy(update={"tasks": tasks})


def task_list(page: TaskList, shown: dict[str, Any], notice: str = "") -> Widget:
    """Return the open tasks, then those that are done, at most 25 in all.

    `shown` holds the arguments of list_tasks, which the buttons send back. `notice` is a line for
    the user. The copy button copies the same tasks as text.
    """
    rows = _rows(page)
    root = TEMPLATE.build(
        {
            "caption": _caption(page),
            "tasks": rows,
            "shown": shown,
            "notice": notice,
            "asks_first": sum(not task.done for task in rows) > 1,
        },
    )
    return Widget(root, "\n".join(f"[{'x' if task.done else ' '}] {task.title}" for task in rows))


def _rows(page: TaskList) -> list[ListedTask]:
    return sorted(page.tasks, key=lambda task: task.done)[:MAX_ROWS]


def _caption(page: TaskList) -> str:
    count = len(page.tasks)
    if not count:
        return "Nothing here"
    if page.next_cursor or count > MAX_ROWS:
        return f"{min(count, MAX_ROWS)} of {count}{'+' if page.next_cursor else ''}"
    left = sum(not task.done for task in page.tasks)
    return f"{left} to do" if left else "All done"
