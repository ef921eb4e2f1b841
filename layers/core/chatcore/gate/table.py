"""Reads and writes gate rows in the Sessions table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chatcore.dynamodb.table import DynamoTable
from chatcore.dynamodb.update import Update
from chatcore.errors import Unavailable
from chatcore.gate.row import GateRow, row_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class GateTable:
    """Gate rows. Calls raise `Refused`, or `Unavailable` when DynamoDB does not answer."""

    def __init__(self, client: Callable[[], DynamoDBClient], name: str) -> None:
        self._table = DynamoTable(client, name, event="gate_unavailable", unavailable=_unavailable)

    def read(self, user: str) -> GateRow:
        return GateRow(self._table.read(row_key(user)))

    def update(self, user: str, update: Update) -> GateRow:
        """Apply an update and return the new row."""
        return GateRow(self._table.update(row_key(user), update))


def _unavailable() -> Unavailable:
    return Unavailable("The service cannot check your access right now. Please try again.")
