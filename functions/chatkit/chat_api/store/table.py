"""The Threads table, asynchronously: each operation one request, awaited to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from chatkit.errors import CustomStreamError

from chatcore.logs import described, logger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from chat_api.store.rows import Row

# BatchWriteItem takes at most 25 requests.
BATCH = 25
DELETE_ATTEMPTS = 8


class StoreUnavailable(CustomStreamError):
    """DynamoDB does not answer, after its client's retries. The operation may be repeated."""

    def __init__(self) -> None:
        super().__init__(
            "The conversation cannot be reached right now. Please try again.", allow_retry=True
        )


class RowExists(Exception):
    """A row that must be new is there already; `row` is what it holds."""

    def __init__(self, row: Row) -> None:
        self.row = row


class RowMissing(Exception):
    """A row that must be there is not."""


class Table:
    """Calls block a thread, never the event loop.

    A write whose caller is cancelled still runs to its end before the cancellation goes on, so
    that nobody works on while it is under way. Raises `StoreUnavailable` when DynamoDB fails.
    """

    def __init__(self, client: Callable[[], DynamoDBClient], name: str) -> None:
        self._client = client
        self._name = name

    async def get(self, partition: str, sort: str) -> Row | None:
        key = {"pk": {"S": partition}, "sk": {"S": sort}}
        answer = await self._call("get_item", Key=key, ConsistentRead=True)
        return answer.get("Item")

    async def put(self, row: Row) -> None:
        await self._call("put_item", Item=row)

    async def put_new(self, row: Row) -> None:
        """Put a row whose key is free; `RowExists` otherwise."""
        try:
            await self._call(
                "put_item",
                Item=row,
                ConditionExpression="attribute_not_exists(pk)",
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

    async def update(self, partition: str, sort: str, values: Row) -> None:
        """Set attributes of a row that exists; `RowMissing` otherwise."""
        names = {f"#{i}": name for i, name in enumerate(values)}
        await self._conditional(
            "update_item",
            Key={"pk": {"S": partition}, "sk": {"S": sort}},
            UpdateExpression="SET " + ", ".join(f"#{i} = :{i}" for i in range(len(values))),
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeNames=names,
            ExpressionAttributeValues={f":{i}": value for i, value in enumerate(values.values())},
        )

    async def query(
        self,
        partition: str,
        prefix: str,
        *,
        after: str | None,
        newest_first: bool,
        limit: int | None = None,
    ) -> tuple[list[Row], str | None]:
        """Rows whose sort key has the prefix and stands after `after`, and where to go on.

        `after` and the place to go on are sort keys; None means the start, or the end.
        """
        # Every prefix ends in "#"; "$" is the character after it.
        low, high = prefix, prefix[:-1] + "$"
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
        )
        rows = [row for row in answer["Items"] if row["sk"]["S"] != after]
        last = answer.get("LastEvaluatedKey")
        return rows, last["sk"]["S"] if last else None

    async def delete_all(self, partition: str, sorts: Sequence[str]) -> None:
        for start in range(0, len(sorts), BATCH):
            keys = [
                {"DeleteRequest": {"Key": {"pk": {"S": partition}, "sk": {"S": sort}}}}
                for sort in sorts[start : start + BATCH]
            ]
            await self._delete_batch(keys)

    async def _delete_batch(self, keys: list[dict[str, Any]]) -> None:
        for attempt in range(DELETE_ATTEMPTS):
            answer = await self._send("batch_write_item", RequestItems={self._name: keys})
            keys = answer["UnprocessedItems"].get(self._name, [])
            if not keys:
                return
            await asyncio.sleep(0.05 * 2**attempt)
        raise StoreUnavailable

    async def _conditional(self, operation: str, **arguments: Any) -> None:
        try:
            await self._call(operation, **arguments)
        except ClientError as error:
            if _refused(error):
                raise RowMissing from None
            raise

    async def _call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        return await self._send(operation, TableName=self._name, **arguments)

    async def _send(self, operation: str, **arguments: Any) -> dict[str, Any]:
        try:
            return await _to_its_end(operation, self._client, arguments)
        except (BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError) and not _passing(error):
                raise
            logger.error("store_unavailable", operation=operation, **described(error))
            raise StoreUnavailable from error


async def _to_its_end(
    operation: str, client: Callable[[], DynamoDBClient], arguments: dict[str, Any]
) -> dict[str, Any]:
    def send() -> dict[str, Any]:
        answer: dict[str, Any] = getattr(client(), operation)(**arguments)
        return answer

    sending = asyncio.ensure_future(asyncio.to_thread(send))
    try:
        return await asyncio.shield(sending)
    except asyncio.CancelledError:
        await asyncio.wait([sending])
        # Read, so that asyncio does not report a failure that the cancelled caller has no use for.
        if not sending.cancelled():
            sending.exception()
        raise


def _refused(error: ClientError) -> bool:
    return error.response.get("Error", {}).get("Code") == "ConditionalCheckFailedException"


def _passing(error: ClientError) -> bool:
    """Whether DynamoDB failed or throttled, which a repeat may cure."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    code = error.response.get("Error", {}).get("Code", "")
    return status >= 500 or "Throttl" in code or "Exceeded" in code
