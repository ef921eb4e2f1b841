"""The Tasks table. Each operation is safe to repeat."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from chatcore.dynamodb.table import DynamoTable
from chatcore.dynamodb.update import Update
from task_tools.errors import TasksUnavailable
from task_tools.rows import DELETED, PREFIX, row_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from task_tools.rows import Row


class TasksTable:
    """The rows of all users' tasks.

    Each method raises `Refused` if a condition fails, and `TasksUnavailable` if DynamoDB does not
    answer.
    """

    def __init__(self, client: Callable[[], DynamoDBClient], name: str) -> None:
        self._table = DynamoTable(
            client, name, event="tasks_unavailable", unavailable=TasksUnavailable
        )

    def add(self, row: Row) -> None:
        """Put a row. Raise `Refused` if there is one already."""
        self._table.add(row)

    def put(self, row: Row) -> None:
        """Put a row, replacing any that is there."""
        self._table.call("put_item", Item=row)

    def remove(self, user: str, task_id: str) -> None:
        """Delete a task's own row."""
        self._table.call("delete_item", Key=row_key(user, task_id))

    def read(self, user: str, task_id: str) -> Row | None:
        return self._table.read(row_key(user, task_id))

    def read_deleted(self, user: str, task_id: str) -> Row | None:
        """Return the row that remembers a deleted task."""
        return self._table.read(row_key(user, DELETED + task_id))

    def update(self, user: str, task_id: str, update: Update) -> Row:
        """Update a row and return it."""
        return self._table.update(row_key(user, task_id), update)

    def rows(self, user: str, prefix: str = PREFIX) -> Iterator[Row]:
        """Yield a user's rows whose sort key has the prefix: by default, their tasks."""
        request: dict[str, Any] = {
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {
                ":pk": row_key(user, "")["pk"],
                ":prefix": {"S": prefix},
            },
            "ConsistentRead": True,
        }
        while True:
            answer = self._table.call("query", **request)
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
