"""The Threads table, asynchronously: each operation is one request, awaited to its end."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import ClientError

from chat_api.store.aws_calls import call_aws
from chat_api.store.batch_writes import DELETE_ATTEMPTS, PUT_ATTEMPTS, BatchWrites
from chat_api.store.rows import key, seconds

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef, WriteRequestUnionTypeDef

    from chat_api.store.rows import Row


class RowExists(Exception):
    """A row that must be new exists already; `row` is what it holds."""

    def __init__(self, row: Row) -> None:
        self.row = row


class RowMissing(Exception):
    """A row that must exist is missing, or a row that must be unchanged has changed."""


class ThreadsTable:
    """Reads are consistent. Every method raises `StoreUnavailable` when DynamoDB fails."""

    def __init__(
        self,
        client: Callable[[], DynamoDBClient],
        name: str,
        *,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._client = client
        self._name = name
        self._batches = BatchWrites(client, name, jitter=jitter)

    async def get(self, partition: str, sort: str) -> Row | None:
        answer = await call_aws(
            "get_item",
            lambda: self._client().get_item(
                TableName=self._name, Key=key(partition, sort), ConsistentRead=True
            ),
        )
        return answer.get("Item")

    async def put(self, row: Row) -> Row | None:
        """Put a row, and return the one that it replaced."""
        answer = await call_aws(
            "put_item",
            lambda: self._client().put_item(TableName=self._name, Item=row, ReturnValues="ALL_OLD"),
        )
        return answer.get("Attributes")

    async def put_new(self, row: Row, now: float) -> None:
        """Put a row whose key is free, or expired by `now`. Raise `RowExists` otherwise."""
        try:
            await call_aws(
                "put_item",
                lambda: self._client().put_item(
                    TableName=self._name,
                    Item=row,
                    ConditionExpression="attribute_not_exists(pk) OR expires_at <= :now",
                    ExpressionAttributeValues={":now": seconds(now)},
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                ),
            )
        except ClientError as error:
            if _condition_failed(error):
                existing: dict[str, Any] = {**error.response}
                raise RowExists(existing["Item"]) from None
            raise

    async def put_unless(self, row: Row, attribute: str) -> None:
        """Put a row. Raise `RowMissing` if the stored one has the attribute."""
        with _row_missing_when_refused():
            await call_aws(
                "put_item",
                lambda: self._client().put_item(
                    TableName=self._name,
                    Item=row,
                    ConditionExpression=f"attribute_not_exists({attribute})",
                ),
            )

    async def put_over(self, row: Row, old: Row) -> None:
        """Put a row if the stored body is still that of `old`. Raise `RowMissing` otherwise."""
        attribute = "body" if "body" in old else "object"
        with _row_missing_when_refused():
            await call_aws(
                "put_item",
                lambda: self._client().put_item(
                    TableName=self._name,
                    Item=row,
                    ConditionExpression="#attribute = :old",
                    ExpressionAttributeNames={"#attribute": attribute},
                    ExpressionAttributeValues={":old": old[attribute]},
                ),
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
        """Set attributes of a row, and return the new row.

        Raise `RowMissing` if it does not exist, or has the attribute `unless`.
        """
        absent = f" AND attribute_not_exists({unless})" if unless else ""
        with _row_missing_when_refused():
            answer = await call_aws(
                "update_item",
                lambda: self._client().update_item(
                    TableName=self._name,
                    Key=key(partition, sort),
                    UpdateExpression=_set(values) + (f" REMOVE {remove}" if remove else ""),
                    ConditionExpression=f"attribute_exists(pk){absent}",
                    ExpressionAttributeValues=_placeholders(values),
                    ReturnValues="ALL_NEW",
                ),
            )
        return answer["Attributes"]

    async def change_set(
        self,
        change: Literal["ADD", "DELETE"],
        row: Row,
        attribute: str,
        text: str,
        *,
        live_at: float = 0,
    ) -> Row:
        """Add a text to a set in a stored row, or delete it there, and return the new row.

        An empty set is no attribute. What `row` has besides its key is set. Raise `RowMissing` for
        a row that does not exist, or is expired at `live_at`.
        """
        values = {name: value for name, value in row.items() if name not in ("pk", "sk")}
        given = _placeholders(values) | {":text": {"SS": [text]}, ":now": seconds(live_at)}
        with _row_missing_when_refused():
            answer = await call_aws(
                "update_item",
                lambda: self._client().update_item(
                    TableName=self._name,
                    Key={"pk": row["pk"], "sk": row["sk"]},
                    UpdateExpression=(
                        f"{change} {attribute} :text {_set(values) if values else ''}"
                    ),
                    ConditionExpression="expires_at > :now",
                    ExpressionAttributeValues=given,
                    ReturnValues="ALL_NEW",
                ),
            )
        return answer["Attributes"]

    async def upsert(self, partition: str, sort: str, values: Row, *, once: Row) -> Row | None:
        """Set attributes of a row, those of `once` only where it has none.

        Return the row as it was before; None if it did not exist.
        """
        first = ", ".join(f"{name} = if_not_exists({name}, :{name})" for name in once)
        answer = await call_aws(
            "update_item",
            lambda: self._client().update_item(
                TableName=self._name,
                Key=key(partition, sort),
                UpdateExpression=f"{_set(values)}, {first}",
                ExpressionAttributeValues=_placeholders(once | values),
                ReturnValues="ALL_OLD",
            ),
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
        """Return rows whose sort key has the prefix and follows `after`, and where to continue.

        `after` and the place to continue are sort keys; None means the start, or the end. An empty
        prefix means all rows. With `keys_only`, a row is its keys and the names of its objects.
        """
        low, high = _range(prefix)
        if after is not None:
            low, high = (low, after) if newest_first else (after, high)
        arguments: QueryInputTypeDef = {
            "TableName": self._name,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :low AND :high",
            "ExpressionAttributeValues": {
                ":pk": {"S": partition},
                ":low": {"S": low},
                ":high": {"S": high},
            },
            "ScanIndexForward": not newest_first,
            "ConsistentRead": True,
        }
        if limit is not None:
            # BETWEEN includes the row at `after` itself.
            arguments["Limit"] = limit + (after is not None)
        if keys_only:
            arguments["ProjectionExpression"] = "pk, sk, #object, image"
            arguments["ExpressionAttributeNames"] = {"#object": "object"}
        answer = await call_aws("query", lambda: self._client().query(**arguments))
        rows = [row for row in answer["Items"] if row["sk"]["S"] != after]
        last = answer.get("LastEvaluatedKey")
        return rows, last["sk"]["S"] if last else None

    async def put_all(self, rows: Sequence[Row]) -> None:
        await self._batches.write([{"PutRequest": {"Item": row}} for row in rows], PUT_ATTEMPTS)

    async def keys(self, partition: str, prefix: str = "", *, after: str | None) -> list[Row]:
        """Return the keys of all rows after a sort key, and the names of their objects."""
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
        """Delete rows, then put one.

        Batches of 25 are sent in this order, but DynamoDB keeps no order within a batch.
        """
        requests: list[WriteRequestUnionTypeDef] = [
            {"DeleteRequest": {"Key": key(partition, sort)}} for sort in sorts
        ]
        if put:
            requests.append({"PutRequest": {"Item": put}})
        await self._batches.write(requests, DELETE_ATTEMPTS)


def _set(values: Row) -> str:
    return "SET " + ", ".join(f"{name} = :{name}" for name in values)


def _placeholders(values: Row) -> Row:
    return {f":{name}": value for name, value in values.items()}


def _range(prefix: str) -> tuple[str, str]:
    # Every prefix ends in "#", and "$" is the next character; every sort key begins with a letter.
    return (prefix, prefix[:-1] + "$") if prefix else (" ", "~")


@contextmanager
def _row_missing_when_refused() -> Iterator[None]:
    """Raise `RowMissing` when DynamoDB refuses the block's request for its condition."""
    try:
        yield
    except ClientError as error:
        if _condition_failed(error):
            raise RowMissing from None
        raise


def _condition_failed(error: ClientError) -> bool:
    return error.response.get("Error", {}).get("Code") == "ConditionalCheckFailedException"
