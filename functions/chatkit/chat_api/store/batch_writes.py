"""BatchWriteItem: many puts and deletes in one request, of which DynamoDB may leave some undone."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from chat_api.store.aws_calls import StoreUnavailable, call_aws

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import WriteRequestUnionTypeDef

# BatchWriteItem takes at most 25 requests.
BATCH = 25
# A turn's last write has to end before its function's deadline; a deletion may be repeated.
PUT_ATTEMPTS = 3
DELETE_ATTEMPTS = 8
FIRST_PAUSE_SECONDS = 0.05


class BatchWrites:
    """Writes to one table, and repeats what DynamoDB leaves undone, after ever longer pauses."""

    def __init__(
        self,
        client: Callable[[], DynamoDBClient],
        table: str,
        *,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._client = client
        self._table = table
        self._jitter = jitter

    async def write(self, requests: Sequence[WriteRequestUnionTypeDef], attempts: int) -> None:
        """Send requests in batches. Raise `StoreUnavailable` after `attempts` at one batch."""
        for start in range(0, len(requests), BATCH):
            await self._write_batch(requests[start : start + BATCH], attempts)

    async def _write_batch(
        self, requests: Sequence[WriteRequestUnionTypeDef], attempts: int
    ) -> None:
        for attempt in range(attempts):
            if attempt:
                await asyncio.sleep(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1) * self._jitter())
            requests = await self._send(requests)
            if not requests:
                return
        raise StoreUnavailable

    async def _send(
        self, requests: Sequence[WriteRequestUnionTypeDef]
    ) -> Sequence[WriteRequestUnionTypeDef]:
        """Send one batch, and return what DynamoDB has left undone."""
        answer = await call_aws(
            "batch_write_item",
            lambda: self._client().batch_write_item(RequestItems={self._table: requests}),
        )
        return answer["UnprocessedItems"].get(self._table, [])
