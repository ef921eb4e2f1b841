"""The state that a process leaves when it dies during a turn."""

from typing import Any

import boto3

TABLES = ("threads", "sessions")


class TableSnapshot:
    """A snapshot of the tables at the moment when a process dies."""

    def __init__(self) -> None:
        self._client = boto3.client("dynamodb")
        self._rows = {table: self._scan(table) for table in TABLES}

    def restore(self) -> None:
        """Undo all writes since the snapshot."""
        for table, rows in self._rows.items():
            for row in self._scan(table):
                key = {"pk": row["pk"], "sk": row["sk"]}
                self._client.delete_item(TableName=table, Key=key)
            for row in rows:
                self._client.put_item(TableName=table, Item=row)

    def _scan(self, table: str) -> list[Any]:
        return [*self._client.scan(TableName=table)["Items"]]
