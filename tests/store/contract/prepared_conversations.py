"""Tables and buckets that all hold the same conversation, created in a few requests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from itertools import batched
from typing import TYPE_CHECKING, Any

from tests.store.contract.backend import Backend, Clients, new_backend, new_location
from tests.store.contract.clock import Clock
from tests.store.contract.conversation import Conversation
from tests.store.contract.visible_state import Visible, visible

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import WriteRequestTypeDef

type Row = dict[str, Any]

USER = "alice"


class PreparedConversations:
    """Creates, restores and reads copies of one conversation.

    It reads each distinct content only once.
    """

    def __init__(self, aws_clients: Clients) -> None:
        self._aws_clients = aws_clients
        self._clock = Clock()
        self.sample = Conversation(self._clock)
        self._seen: dict[str, Visible] = {}
        self._rows: list[Row] = []
        self._bodies: dict[str, bytes] = {}

    async def prepare(self) -> None:
        """Store the conversation once, through the store."""
        first = self._empty()
        await self.sample.keep(first, USER)
        self._rows, self._bodies = first.rows(), first.bodies()

    async def conversation(self) -> Backend:
        """Return a process on a new table and bucket that hold the conversation."""
        backend = self._empty()
        await self.restore(backend)
        return backend

    async def restore(self, backend: Backend, *, bodies: bool = True) -> None:
        """Restore exactly the conversation, in S3 only if `bodies` is true."""
        await asyncio.to_thread(self._restore_rows, backend)
        if bodies:
            await asyncio.to_thread(self._restore_bodies, backend)

    async def seen_in(self, backend: Backend, *, bodies: bool = True) -> Visible:
        """Return what the user sees there. Without `bodies`, S3 is assumed to be unchanged."""
        rows = await asyncio.to_thread(backend.rows)
        names = await asyncio.to_thread(backend.objects) if bodies else list(self._bodies)
        held = _held(rows, names)
        if held not in self._seen:
            self._seen[held] = await visible(backend, USER, self.sample)
        return self._seen[held]

    def _empty(self) -> Backend:
        return new_backend(self._aws_clients, new_location(self._aws_clients), self._clock)

    def _restore_rows(self, backend: Backend) -> None:
        there, wanted = _by_key(backend.rows()), _by_key(self._rows)
        gone = [key for key in there if key not in wanted]
        writes: list[WriteRequestTypeDef] = [
            {"DeleteRequest": {"Key": {"pk": {"S": pk}, "sk": {"S": sk}}}} for pk, sk in gone
        ]
        changed = [row for key, row in wanted.items() if there.get(key) != row]
        writes += [{"PutRequest": {"Item": row}} for row in changed]
        for batch in batched(writes, 25, strict=False):
            self._aws_clients.dynamodb.batch_write_item(
                RequestItems={backend.location.table: batch}
            )

    def _restore_bodies(self, backend: Backend) -> None:
        there = backend.objects()
        for name in set(there) - set(self._bodies):
            backend.s3.delete_object(Bucket=backend.location.bucket, Key=name)
        for name in set(self._bodies) - set(there):
            body = self._bodies[name]
            backend.s3.put_object(Bucket=backend.location.bucket, Key=name, Body=body)


def _by_key(rows: Iterable[Row]) -> dict[tuple[str, str], Row]:
    return {(row["pk"]["S"], row["sk"]["S"]): row for row in rows}


def _held(rows: Iterable[Row], names: Iterable[str]) -> str:
    held = "\n".join(sorted(json.dumps(row, sort_keys=True, default=bytes.hex) for row in rows))
    for name in names:
        # The last part of a name is random. Names of missing objects remain.
        held = held.replace(name, name.rpartition("/")[0])
    return held
