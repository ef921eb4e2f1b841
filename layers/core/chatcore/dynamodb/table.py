"""A DynamoDB table. Each operation is one request."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chatcore.logs import described, logger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    from chatcore.dynamodb.update import Update

    type Row = dict[str, AttributeValueTypeDef]


class Refused(Exception):
    """A condition failed. `row` is the existing row, or None."""

    def __init__(self, row: Row | None) -> None:
        self.row = row


class DynamoTable:
    """A table whose operations raise `Refused` when a condition fails.

    When DynamoDB does not answer, they log `event` and raise what `unavailable` returns.
    """

    def __init__(
        self,
        client: Callable[[], DynamoDBClient],
        name: str,
        *,
        event: str,
        unavailable: Callable[[], Exception],
    ) -> None:
        self._client = client
        self._name = name
        self._event = event
        self._unavailable = unavailable

    def add(self, row: Row) -> None:
        """Add a row. Raise `Refused` if the key exists."""
        self.call(
            "put_item",
            Item=row,
            ConditionExpression="attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )

    def read(self, key: Row) -> Row | None:
        row: Row | None = self.call("get_item", Key=key, ConsistentRead=True).get("Item")
        return row

    def update(self, key: Row, update: Update) -> Row:
        """Apply an update and return the new row."""
        row: Row = self.call("update_item", Key=key, ReturnValues="ALL_NEW", **update.arguments())[
            "Attributes"
        ]
        return row

    def call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        """Call any operation on the table and return its answer."""
        try:
            answer: dict[str, Any] = getattr(self._client(), operation)(
                TableName=self._name, **arguments
            )
        except (BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError):
                response: dict[str, Any] = {**error.response}
                if response.get("Error", {}).get("Code") == "ConditionalCheckFailedException":
                    raise Refused(response.get("Item")) from None
            logger.error(self._event, operation=operation, **described(error))
            raise self._unavailable() from error
        return answer
