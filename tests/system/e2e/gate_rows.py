"""The rows of the gate, in which a test can end leases."""

from typing import Any
from urllib.parse import quote

import boto3

from tests.system.e2e.service import Stack


def end_leases(stack: Stack, user: str) -> None:
    """End the lease of each running turn of the user, as happens a minute after a crash."""
    gate = _table(stack)
    key = {"pk": f"user#{quote(user, safe='')}", "sk": "gate"}
    turns = gate.get_item(Key=key)["Item"]["turns"]
    assert turns
    for thread in turns:
        gate.update_item(
            Key=key,
            UpdateExpression="SET turns.#thread.lease = :past",
            ExpressionAttributeNames={"#thread": thread},
            ExpressionAttributeValues={":past": 1},
        )


def _table(stack: Stack) -> Any:
    # The stand-in accepts any key, but its tables are in the region of the functions.
    dynamodb = boto3.resource("dynamodb", endpoint_url=stack.dynamodb)
    [name] = [table.name for table in dynamodb.tables.all() if "Sessions" in table.name]
    return dynamodb.Table(name)
