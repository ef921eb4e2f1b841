"""Cursors mark where the next page begins. Each belongs to one user and one filter."""

import base64
import hashlib
import json

from task_tools.errors import BadCursor
from task_tools.models import Task, TaskFilter

# A task's position in the order of a list.
type Position = tuple[str, str]

MAX_LENGTH = 200


def position_of(task: Task) -> Position:
    """Return the position of a task: lists are in order of addition, which ids do not follow."""
    return task.created_at.isoformat(), task.id


def cursor_after(task: Task, user: str, task_filter: TaskFilter) -> str:
    """Return the cursor for the page that begins after a task."""
    text = json.dumps([_list_digest(user, task_filter), *position_of(task)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def position_in(cursor: str, user: str, task_filter: TaskFilter) -> Position:
    """Return the position that a cursor marks. Raise `BadCursor` for another list's cursor."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        list_digest, created_at, task_id = json.loads(text)
    except (ValueError, TypeError):
        raise BadCursor from None
    if list_digest != _list_digest(user, task_filter):
        raise BadCursor
    return str(created_at), str(task_id)


def _list_digest(user: str, task_filter: TaskFilter) -> str:
    text = json.dumps([user, task_filter.model_dump(mode="json")])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
