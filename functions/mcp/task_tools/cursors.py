"""Cursors mark where the next page begins. Each belongs to one user and one filter."""

import base64
import hashlib
import json

from task_tools.errors import BadCursor
from task_tools.models import Task, TaskFilter

# A task's position in the order of a list.
type Place = tuple[str, str]

MAX_LENGTH = 200


def place_of(task: Task) -> Place:
    """Return the position of a task: the order of addition, which ids do not follow."""
    return task.created_at.isoformat(), task.id


def cursor_after(task: Task, user: str, wanted: TaskFilter) -> str:
    """Return the cursor for the page that begins after a task."""
    text = json.dumps([_listing(user, wanted), *place_of(task)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place_in(cursor: str, user: str, wanted: TaskFilter) -> Place:
    """Return the position that a cursor marks. Raise `BadCursor` for another list's cursor."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        listing, created_at, task_id = json.loads(text)
    except (ValueError, TypeError):
        raise BadCursor from None
    if listing != _listing(user, wanted):
        raise BadCursor
    return str(created_at), str(task_id)


def _listing(user: str, wanted: TaskFilter) -> str:
    named = json.dumps([user, wanted.model_dump(mode="json")])
    return hashlib.sha256(named.encode()).hexdigest()[:16]
