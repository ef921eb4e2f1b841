"""A user's tasks, in a table of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from botocore.exceptions import ClientError
from pydantic import BaseModel

from chatcore.ids import TimeOrderedIds

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

PAGE_SIZE = 100
Status = Literal["open", "done"]


class TaskNotFound(Exception):
    """The user has no task of that id."""


class Task(BaseModel):
    """One task of a user's list."""

    id: str
    title: str
    status: Status = "open"
    created_at: datetime


class TaskPage(BaseModel):
    """Tasks, oldest first; `next_cursor` is given while there are more."""

    tasks: list[Task]
    next_cursor: str | None = None


class Tasks:
    """Tasks in DynamoDB: a partition a user, sorted by the time-ordered task id."""

    def __init__(
        self,
        client: Callable[[], DynamoDBClient],
        table: str,
        ids: TimeOrderedIds,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._client = client
        self._table = table
        self._ids = ids
        self._now = now

    def add(self, user: str, title: str) -> Task:
        task = Task(id=f"task_{self._ids.mint()}", title=title, created_at=self._now())
        self._client().put_item(
            TableName=self._table,
            Item={**_key(user, task.id), "body": {"S": task.model_dump_json()}},
        )
        return task

    def page(self, user: str, *, cursor: str | None, limit: int = PAGE_SIZE) -> TaskPage:
        answer = self._client().query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk > :after",
            ExpressionAttributeValues={
                ":pk": _key(user, "")["pk"],
                ":after": {"S": cursor or " "},
            },
            # One more than asked for: LastEvaluatedKey alone does not tell that more will come.
            Limit=limit + 1,
            ConsistentRead=True,
        )
        tasks = [_task(row) for row in answer["Items"]]
        more = len(tasks) > limit
        return TaskPage(tasks=tasks[:limit], next_cursor=tasks[limit - 1].id if more else None)

    def change(
        self, user: str, task_id: str, *, title: str | None = None, status: Status | None = None
    ) -> Task:
        """Set what is given and return the task as it is now; `TaskNotFound` if there is none."""
        row = self._client().get_item(
            TableName=self._table, Key=_key(user, task_id), ConsistentRead=True
        )
        if "Item" not in row:
            raise TaskNotFound(task_id)
        changes = {"title": title, "status": status}
        given = {name: value for name, value in changes.items() if value is not None}
        task = _task(row["Item"]).model_copy(update=given)
        try:
            self._client().put_item(
                TableName=self._table,
                Item={**_key(user, task_id), "body": {"S": task.model_dump_json()}},
                # A task that was deleted in between is not brought back.
                ConditionExpression="attribute_exists(pk)",
            )
        except ClientError as error:
            raise _absence(error, task_id) from None
        return task

    def delete(self, user: str, task_id: str) -> Task:
        """Delete the task and return what it was; `TaskNotFound` if there is none."""
        answer = self._client().delete_item(
            TableName=self._table, Key=_key(user, task_id), ReturnValues="ALL_OLD"
        )
        if "Attributes" not in answer:
            raise TaskNotFound(task_id)
        return _task(answer["Attributes"])


def _key(user: str, task_id: str) -> dict[str, AttributeValueTypeDef]:
    return {"pk": {"S": f"user#{quote(user, safe='')}"}, "sk": {"S": task_id}}


def _task(row: dict[str, AttributeValueTypeDef]) -> Task:
    return Task.model_validate_json(row["body"]["S"])


def _absence(error: ClientError, task_id: str) -> Exception:
    if error.response.get("Error", {}).get("Code") == "ConditionalCheckFailedException":
        return TaskNotFound(task_id)
    return error
