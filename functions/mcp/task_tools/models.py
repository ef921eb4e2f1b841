"""What a task is, to those who ask for it."""

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
    """Tasks, oldest first; `next_cursor` is given while there are more."""

    tasks: list[Task]
    next_cursor: str | None = None


class NewTask(BaseModel):
    """What a task is made of."""

    title: str
    priority: Priority = "normal"
    due_date: date | None = None


class Changes(BaseModel):
    """What is to be otherwise; what is None stays as it is."""

    title: str | None = None
    status: Status | None = None
    priority: Priority | None = None
    due_date: date | None = None
    remove_due_date: bool = False


class TaskFilter(BaseModel):
    """Which tasks of a list are meant; None is any."""

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
    """A text without what people do not mind in it: case and repeated spaces."""
    return " ".join(text.casefold().split())


def _is_due(task: Task, before: date) -> bool:
    return task.due_date is not None and task.due_date < before
