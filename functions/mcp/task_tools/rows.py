"""Tasks as rows of the table: a partition for each user, a row for each task.

A deleted task moves to another sort key, so that no look-up reads it.

    partition      sort key           row
    user#{user}    task_{id}          a task
    user#{user}    deleted#task_{id}  a task that was deleted, for a day

Earlier versions marked a deleted task in place: its row is still under `task_{id}`, and has
`expires_at`.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from chatcore.ids import TAIL_BITS, is_time_ordered, time_ordered
from task_tools.models import NewTask, Task

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    type Row = dict[str, AttributeValueTypeDef]

PREFIX = "task_"
DELETED = "deleted#"
# The attributes of a row that are fields of its task.
TASK_ATTRIBUTES = ("title", "status", "priority", "due_date", "created_at")


def row_key(user: str, task_id: str) -> Row:
    """Return a row's key. The user id is encoded, so that none reaches another partition."""
    return {"pk": {"S": f"user#{quote(user, safe='')}"}, "sk": {"S": task_id}}


def row_of(user: str, task: Task, new: NewTask) -> Row:
    """Return the row of a new task, with a fingerprint of the call that added it."""
    attributes: Row = {name: {"S": value} for name, value in task_attributes(task).items()}
    return {**row_key(user, task.id), **attributes, "asked": {"S": fingerprint(new)}}


def task_attributes(task: Task) -> dict[str, str]:
    return task.model_dump(mode="json", include=set(TASK_ATTRIBUTES), exclude_none=True)


def task_of(row: Row) -> Task:
    fields = {name: row[name]["S"] for name in TASK_ATTRIBUTES if name in row}
    return Task.model_validate({"id": row["sk"]["S"].removeprefix(DELETED), **fields})


def deleted_row(row: Row, expires_at: int) -> Row:
    """Return the row that remembers a deleted task."""
    sort_key = DELETED + row["sk"]["S"]
    return {**row, "sk": {"S": sort_key}, "expires_at": {"N": str(expires_at)}}


def fingerprint(new: NewTask) -> str:
    """Return a digest of the call, equal for a repeated call."""
    return hashlib.sha256(new.model_dump_json().encode()).hexdigest()


def keyed_id(user: str, key: str) -> str:
    """Return the id of the task that a user's idempotency key adds."""
    digest = hashlib.sha256(json.dumps([user, key]).encode()).digest()
    number = int.from_bytes(digest[:16])
    return PREFIX + time_ordered(number >> TAIL_BITS, number & (1 << TAIL_BITS) - 1)


def is_id(text: str) -> bool:
    """Return whether a text has the form of a task's id; if not, it is a title."""
    return text.startswith(PREFIX) and is_time_ordered(text.removeprefix(PREFIX))
