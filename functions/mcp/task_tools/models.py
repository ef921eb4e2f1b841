"""Tasks as the tools return them, and the requests that the tools accept."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel

Status = Literal["open", "done"]
Priority = Literal["low", "normal", "high"]


class Task(BaseModel):
    """One task of a user's list: the same shape wherever a task is shown."""

    id: str
    title: str
    status: Status = "open"
    priority: Priority = "normal"
    due_date: date | None = None
    created_at: datetime


class TaskPage(BaseModel):
    """Tasks, oldest first; `next_cursor` is null on the last page."""

    tasks: list[Task]
    next_cursor: str | None = None


class NewTask(BaseModel):
    """A task to add."""

    title: str
    priority: Priority = "normal"
    due_date: date | None = None


class Changes(BaseModel):
    """Changes to a task; None leaves a field as it is."""

    title: str | None = None
    status: Status | None = None
    priority: Priority | None = None
    due_date: date | None = None
    remove_due_date: bool = False


class TaskFilter(BaseModel):
    """Which tasks to list; None allows any value."""

    status: Status | None = None
    due_before: date | None = None
    text: str | None = None

    def fits(self, task: Task) -> bool:
        return (
            self.status in (None, task.status)
            and (self.due_before is None or _is_due(task, self.due_before))
            and (self.text is None or folded(self.text) in folded(task.title))
        )


def folded(text: str) -> str:
    """Return the text in one case and without repeated spaces, for comparisons."""
    return " ".join(text.casefold().split())


def _is_due(task: Task, before: date) -> bool:
    return task.due_date is not None and task.due_date < before
