"""Operations on a user's tasks, each of which may be repeated."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chatcore.dynamodb.table import Refused
from chatcore.dynamodb.update import Update
from chatcore.ids import TimeOrderedIds
from task_tools.cursors import cursor_after, position_in, position_of
from task_tools.errors import (
    AmbiguousTitle,
    DeletedSince,
    KeyReused,
    NothingToChange,
    TaskNotFound,
)
from task_tools.models import Changes, NewTask, Task, TaskFilter, TaskPage, folded
from task_tools.rows import (
    DELETED,
    PREFIX,
    deleted_row,
    fingerprint,
    is_id,
    keyed_id,
    row_of,
    task_of,
)
from task_tools.table import TasksTable

if TYPE_CHECKING:
    from task_tools.rows import Row

PAGE_SIZE = 100
# For this long, a repeated deletion gets the first one's answer, and a repeated addition does not
# bring the task back.
REMEMBERED_SECONDS = 24 * 60 * 60
EXISTS = "attribute_exists(pk) AND attribute_not_exists(expires_at)"


class Tasks:
    """The tasks of all users. Every method may raise a `ToolError`, `TasksUnavailable` among them.

    A parameter `task` is the task's id or its whole title.
    """

    def __init__(
        self,
        table: TasksTable,
        ids: TimeOrderedIds,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._table = table
        self._ids = ids
        self._clock = clock

    def add(self, user: str, new: NewTask, key: str | None = None) -> Task:
        """Return a new task, or the one that the user's `key` added before.

        Raise `DeletedSince` if that task was deleted within the last day, and `KeyReused` if the
        key added a different task.
        """
        task_id = keyed_id(user, key) if key else f"{PREFIX}{self._ids.mint()}"
        now = datetime.fromtimestamp(self._clock(), UTC)
        task = Task(id=task_id, created_at=now, **new.model_dump())
        try:
            self._table.add(row_of(user, task, new))
        except Refused as refused:
            # The client or boto3 repeated the call, because the first answer was lost.
            return self._repeated(refused.row, new)
        # This is read after the write, because a deletion writes this row before it removes the
        # task's own row.
        deleted = self._table.read_deleted(user, task_id) if key else None
        if self._is_remembered(deleted):
            self._table.remove(user, task_id)
            return self._repeated(deleted, new)
        return task

    def page(self, user: str, task_filter: TaskFilter, cursor: str | None = None) -> TaskPage:
        """Return the tasks that match, in order of addition, beginning after the cursor."""
        start = position_in(cursor, user, task_filter) if cursor else ("", "")
        matching = [
            task
            for task in sorted(self._existing(user), key=position_of)
            if position_of(task) > start and task_filter.fits(task)
        ]
        page = matching[:PAGE_SIZE]
        more = len(matching) > len(page)
        return TaskPage(
            tasks=page, next_cursor=cursor_after(page[-1], user, task_filter) if more else None
        )

    def get(self, user: str, task: str) -> Task:
        """Return one task. Raise `TaskNotFound`, or `AmbiguousTitle` if several have the title."""
        if not is_id(task):
            return self._by_title(user, task)
        row = self._table.read(user, task)
        if row is None or "expires_at" in row:
            raise TaskNotFound(task)
        return task_of(row)

    def change(self, user: str, task: str, changes: Changes) -> Task:
        """Change a task and return it. Raise `NothingToChange` if the changes are empty."""
        changed = changes.model_dump(mode="json", exclude_none=True, exclude={"remove_due_date"})
        update = Update()
        for name, value in changed.items():
            update.set(update.path(name), {"S": value})
        if changes.remove_due_date and changes.due_date is None:
            update.remove(update.path("due_date"))
        elif not changed:
            raise NothingToChange
        update.where(EXISTS)
        return self._updated(user, self._id(user, task), update)

    def delete(self, user: str, task: str) -> Task:
        """Delete the task and return it. A repeat within a day returns it again.

        A deletion that fails between its two writes leaves the task in the list; a repeat finishes
        it.
        """
        task_id = self._id(user, task, deleted=True)
        row = self._table.read(user, task_id)
        if row is not None and "expires_at" not in row:
            expires_at = int(self._clock()) + REMEMBERED_SECONDS
            self._table.put(deleted_row(row, expires_at))
            self._table.remove(user, task_id)
            return task_of(row)
        deleted = row or self._table.read_deleted(user, task_id)
        if deleted is None or not self._is_remembered(deleted):
            raise TaskNotFound(task_id)
        return task_of(deleted)

    def _repeated(self, row: Row | None, new: NewTask) -> Task:
        """Return the task that the same call added before."""
        if row is None or row["asked"]["S"] != fingerprint(new):
            raise KeyReused from None
        if "expires_at" in row:
            raise DeletedSince from None
        return task_of(row)

    def _updated(self, user: str, task_id: str, update: Update) -> Task:
        try:
            return task_of(self._table.update(user, task_id, update))
        except Refused:
            raise TaskNotFound(task_id) from None

    def _id(self, user: str, task: str, *, deleted: bool = False) -> str:
        return task if is_id(task) else self._by_title(user, task, deleted=deleted).id

    def _by_title(self, user: str, title: str, *, deleted: bool = False) -> Task:
        """Return the only task with that title.

        If there is none and `deleted` is set, return the most recently deleted one. Raise
        `TaskNotFound`, or `AmbiguousTitle` if several have the title.
        """
        rows = list(self._table.rows(user))
        tasks = [task_of(row) for row in rows if "expires_at" not in row]
        matching = [task for task in tasks if folded(task.title) == folded(title)]
        if deleted and not matching:
            rows += self._table.rows(user, DELETED)
            matching = [task_of(row) for row in self._remembered(rows, title)][-1:]
        if len(matching) > 1:
            raise AmbiguousTitle(title, matching)
        if not matching:
            similar = [task for task in tasks if TaskFilter(text=title).fits(task)]
            raise TaskNotFound(f'called "{title}"', similar)
        return matching[0]

    def _remembered(self, rows: list[Row], title: str) -> list[Row]:
        """Return the remembered rows of deleted tasks with that title, the newest deletion last."""
        deleted = [
            row
            for row in rows
            if self._is_remembered(row) and folded(row["title"]["S"]) == folded(title)
        ]
        return sorted(deleted, key=lambda row: int(row["expires_at"]["N"]))

    def _is_remembered(self, row: Row | None) -> bool:
        """Return whether this is the row of a deleted task that is still remembered."""
        if row is None or "expires_at" not in row:
            return False
        return int(row["expires_at"]["N"]) > self._clock()

    def _existing(self, user: str) -> list[Task]:
        return [task_of(row) for row in self._table.rows(user) if "expires_at" not in row]
