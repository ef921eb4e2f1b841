"""Gate rows in the Sessions table: one request each, and a refusal that shows the row."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chatcore.errors import Unavailable
from chatcore.gate.row import GateRow, row_key
from chatcore.gate.update import Update
from chatcore.logs import described, logger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Refused(Exception):
    """A condition did not hold; `row` is what there was."""

    def __init__(self, row: GateRow) -> None:
        self.row = row


class GateTable:
    """Raises `Refused`, or `Unavailable` when DynamoDB does not answer."""

    def __init__(self, client: Callable[[], DynamoDBClient], name: str) -> None:
        self._client = client
        self._name = name

    def read(self, user: str) -> GateRow:
        answer = self._call("get_item", Key=row_key(user), ConsistentRead=True)
        return GateRow(answer.get("Item"))

    def update(self, user: str, update: Update) -> GateRow:
        """The row as the update left it."""
        answer = self._call(
            "update_item", Key=row_key(user), ReturnValues="ALL_NEW", **update.arguments()
        )
        return GateRow(answer["Attributes"])

    def _call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self._client(), operation)(
                TableName=self._name, **arguments
            )
        except (BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError):
                response: dict[str, Any] = {**error.response}
                if response.get("Error", {}).get("Code") == "ConditionalCheckFailedException":
                    raise Refused(GateRow(response.get("Item"))) from None
            logger.error("gate_unavailable", operation=operation, **described(error))
            raise Unavailable(
                "The service cannot look you up right now. Please try again."
            ) from error
        return answer
