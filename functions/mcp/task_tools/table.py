"""The Tasks table: one request an operation, also when its answer is lost and it is repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chatcore.gate.update import Update
from chatcore.logs import described, logger
from task_tools.errors import TasksUnavailable
from task_tools.rows import PREFIX, row_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from task_tools.rows import Row


class Refused(Exception):
    """A condition did not hold; `row` is what there was, or None."""

    def __init__(self, row: Row | None) -> None:
        self.row = row


class TasksTable:
    """Raises `Refused`, or `TasksUnavailable` when DynamoDB does not answer."""

    def __init__(self, client: Callable[[], DynamoDBClient], name: str) -> None:
        self._client = client
        self._name = name

    def add(self, row: Row) -> None:
        """Put a row where none is."""
        self._call(
            "put_item",
            Item=row,
            ConditionExpression="attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )

    def read(self, user: str, task_id: str) -> Row | None:
        row: Row | None = self._call(
            "get_item", Key=row_key(user, task_id), ConsistentRead=True
        ).get("Item")
        return row

    def update(self, user: str, task_id: str, update: Update) -> Row:
        """The row as the update left it."""
        answer = self._call(
            "update_item",
            Key=row_key(user, task_id),
            ReturnValues="ALL_NEW",
            **update.arguments(),
        )
        row: Row = answer["Attributes"]
        return row

    def rows(self, user: str) -> Iterator[Row]:
        """All of a user's rows, deleted ones among them."""
        asked: dict[str, Any] = {
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {
                ":pk": row_key(user, "")["pk"],
                ":prefix": {"S": PREFIX},
            },
            "ConsistentRead": True,
        }
        while True:
            answer = self._call("query", **asked)
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self._client(), operation)(
                TableName=self._name, **arguments
            )
        except (BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError):
                response: dict[str, Any] = {**error.response}
                if response.get("Error", {}).get("Code") == "ConditionalCheckFailedException":
                    raise Refused(response.get("Item")) from None
            logger.error("tasks_unavailable", operation=operation, **described(error))
            raise TasksUnavailable from error
        return answer
