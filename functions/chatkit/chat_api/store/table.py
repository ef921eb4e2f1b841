"""The Threads table, asynchronously: each operation one request, awaited to its end."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chat_api.store.aws_calls import StoreUnavailable, answered
from chat_api.store.rows import key, seconds

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from chat_api.store.rows import Row

__all__ = ["RowExists", "RowMissing", "StoreUnavailable", "ThreadsTable"]

# BatchWriteItem takes at most 25 requests.
BATCH = 25
# A turn's last write has to end before its function's deadline; a deletion may be repeated.
PUT_ATTEMPTS = 3
DELETE_ATTEMPTS = 8
KEYS_ONLY = {
    "ProjectionExpression": "pk, sk, #object",
    "ExpressionAttributeNames": {"#object": "object"},
}
FIRST_PAUSE_SECONDS = 0.05


class RowExists(Exception):
    """A row that must be new is there already; `row` is what it holds."""

    def __init__(self, row: Row) -> None:
        self.row = row


class RowMissing(Exception):
    """A row that must be there is not."""


class ThreadsTable:
    """Reads are consistent. Raises `StoreUnavailable` when DynamoDB fails."""

    def __init__(
        self,
        client: Callable[[], DynamoDBClient],
        name: str,
        *,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._client = client
        self._name = name
        self._jitter = jitter

    async def get(self, partition: str, sort: str) -> Row | None:
        answer = await self._call("get_item", Key=key(partition, sort), ConsistentRead=True)
        return answer.get("Item")

    async def put(self, row: Row) -> Row | None:
        """Put a row; what it replaced."""
        answer = await self._call("put_item", Item=row, ReturnValues="ALL_OLD")
        return answer.get("Attributes")

    async def put_new(self, row: Row, now: float) -> None:
        """Put a row whose key is free, or expired by now; `RowExists` otherwise."""
        try:
            await self._call(
                "put_item",
                Item=row,
                ConditionExpression="attribute_not_exists(pk) OR expires_at <= :now",
                ExpressionAttributeValues={":now": seconds(now)},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if _refused(error):
                existing: dict[str, Any] = {**error.response}
                raise RowExists(existing["Item"]) from None
            raise

    async def put_unless(self, row: Row, attribute: str) -> None:
        """Put a row; `RowMissing` if the one there carries the attribute."""
        await self._conditional(
            "put_item", Item=row, ConditionExpression=f"attribute_not_exists({attribute})"
        )

    async def put_over(self, row: Row, old: Row) -> None:
        """Put a row over one whose body is still that of `old`; `RowMissing` otherwise."""
        held = "body" if "body" in old else "object"
        await self._conditional(
            "put_item",
            Item=row,
            ConditionExpression="#held = :old",
            ExpressionAttributeNames={"#held": held},
            ExpressionAttributeValues={":old": old[held]},
        )

    async def update(
        self,
        partition: str,
        sort: str,
        values: Row,
        *,
        remove: str | None = None,
        unless: str | None = None,
    ) -> Row:
        """Set attributes of a row; what it is then.

        `RowMissing` if it is not there, or carries the attribute `unless`.
        """
        absent = f" AND attribute_not_exists({unless})" if unless else ""
        answer = await self._conditional(
            "update_item",
            Key=key(partition, sort),
            UpdateExpression=_set(values) + (f" REMOVE {remove}" if remove else ""),
            ConditionExpression=f"attribute_exists(pk){absent}",
            ExpressionAttributeValues={f":{name}": value for name, value in values.items()},
            ReturnValues="ALL_NEW",
        )
        row: Row = answer["Attributes"]
        return row

    async def settle(self, partition: str, sort: str, once: Row, values: Row) -> Row | None:
        """Set attributes of a row, those of `once` only if they are not set; what it was before."""
        first = ", ".join(f"{name} = if_not_exists({name}, :{name})" for name in once)
        answer = await self._call(
            "update_item",
            Key=key(partition, sort),
            UpdateExpression=f"{_set(values)}, {first}",
            ExpressionAttributeValues={
                f":{name}": value for name, value in (once | values).items()
            },
            ReturnValues="ALL_OLD",
        )
        return answer.get("Attributes")

    async def query(
        self,
        partition: str,
        prefix: str,
        *,
        after: str | None,
        newest_first: bool,
        limit: int | None = None,
        keys_only: bool = False,
    ) -> tuple[list[Row], str | None]:
        """Rows whose sort key has the prefix and stands after `after`, and where to go on.

        `after` and the place to go on are sort keys; None means the start, or the end. An empty
        prefix means all rows. Of keys there is also the name of the object, if the row has one.
        """
        low, high = _range(prefix)
        if after is not None:
            low, high = (low, after) if newest_first else (after, high)
        answer = await self._call(
            "query",
            KeyConditionExpression="pk = :pk AND sk BETWEEN :low AND :high",
            ExpressionAttributeValues={
                ":pk": {"S": partition},
                ":low": {"S": low},
                ":high": {"S": high},
            },
            ScanIndexForward=not newest_first,
            ConsistentRead=True,
            # BETWEEN includes the row at `after` itself.
            **({} if limit is None else {"Limit": limit + (after is not None)}),
            **(KEYS_ONLY if keys_only else {}),
        )
        rows = [row for row in answer["Items"] if row["sk"]["S"] != after]
        last = answer.get("LastEvaluatedKey")
        return rows, last["sk"]["S"] if last else None

    async def put_all(self, rows: Sequence[Row]) -> None:
        await self._write_all([{"PutRequest": {"Item": row}} for row in rows], PUT_ATTEMPTS)

    async def keys(self, partition: str, prefix: str = "", *, after: str | None) -> list[Row]:
        """Return the keys of all rows after a sort key, and the names of their bodies."""
        found: list[Row] = []
        while True:
            rows, after = await self.query(
                partition, prefix, after=after, newest_first=False, keys_only=True
            )
            found += rows
            if after is None:
                return found

    async def delete_all(
        self, partition: str, sorts: Sequence[str], put: Row | None = None
    ) -> None:
        """Delete rows, then put one, in this order as far as batches of 25 keep one."""
        requests: list[dict[str, Any]] = [
            {"DeleteRequest": {"Key": key(partition, sort)}} for sort in sorts
        ]
        requests += [{"PutRequest": {"Item": put}}] if put else []
        await self._write_all(requests, DELETE_ATTEMPTS)

    async def _write_all(self, requests: list[dict[str, Any]], attempts: int) -> None:
        for start in range(0, len(requests), BATCH):
            await self._write_batch(requests[start : start + BATCH], attempts)

    async def _write_batch(self, requests: list[dict[str, Any]], attempts: int) -> None:
        for attempt in range(attempts):
            if attempt:
                await asyncio.sleep(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1) * self._jitter())
            answer = await self._send("batch_write_item", RequestItems={self._name: requests})
            requests = answer["UnprocessedItems"].get(self._name, [])
            if not requests:
                return
        raise StoreUnavailable

    async def _conditional(self, operation: str, **arguments: Any) -> dict[str, Any]:
        try:
            return await self._call(operation, **arguments)
        except ClientError as error:
            if _refused(error):
                raise RowMissing from None
            raise

    async def _call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        return await self._send(operation, TableName=self._name, **arguments)

    async def _send(self, operation: str, **arguments: Any) -> dict[str, Any]:
        def send() -> dict[str, Any]:
            answer: dict[str, Any] = getattr(self._client(), operation)(**arguments)
            return answer

        return await answered(operation, send)


def _set(values: Row) -> str:
    return "SET " + ", ".join(f"{name} = :{name}" for name in values)


def _range(prefix: str) -> tuple[str, str]:
    # Every prefix ends in "#", and "$" is the character after it; every sort key is of letters.
    return (prefix, prefix[:-1] + "$") if prefix else (" ", "~")


def _refused(error: ClientError) -> bool:
    return error.response.get("Error", {}).get("Code") == "ConditionalCheckFailedException"
