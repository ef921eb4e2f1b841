"""The snapshot: the text so far of a running turn, stored for other requests that show it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from chatkit.store import NotFoundError

from chat_api.request_context import RequestContext
from chat_api.store.aws_calls import StoreUnavailable
from chat_api.store.snapshots import Snapshot, Snapshots
from chat_api.turns.lease import LEASE_SECONDS


class SnapshotWriter:
    """Writes the snapshot of the context's turn while it runs, and deletes it at the end."""

    def __init__(
        self, rows: Snapshots, context: RequestContext, now: Callable[[], float] = time.time
    ) -> None:
        assert context.turn.thread_id is not None
        self._rows = rows
        self._context = context
        self._thread = context.turn.thread_id
        self._now = now
        self._written: Snapshot | None = None

    @asynccontextmanager
    async def beside(self, *, every: float) -> AsyncIterator[None]:
        """While the block runs, write the text so far every `every` seconds if it has changed.

        A shorter turn writes nothing. The snapshot is deleted when the block ends.
        """
        writing = asyncio.create_task(self._write_every(every))
        try:
            yield
        finally:
            writing.cancel()
            await asyncio.wait([writing])
            await self._clear()

    async def _write_every(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            snapshot = self._snapshot()
            if snapshot and self._is_due(snapshot):
                self._written = snapshot
                # The answer does not depend on it, and the next write may succeed.
                with suppress(StoreUnavailable, NotFoundError):
                    await self._rows.write(self._thread, snapshot, self._context)

    def _snapshot(self) -> Snapshot | None:
        message = self._context.turn.answer.cut()
        if message is None:
            return None
        return Snapshot(
            self._context.turn.id,
            message.content[0].text,
            message.created_at.timestamp(),
            self._now() + LEASE_SECONDS,
            message.id,
        )

    def _is_due(self, snapshot: Snapshot) -> bool:
        """Return whether the text has grown, or the stored lease is about to end."""
        before = self._written
        return (
            before is None
            or (before.item_id, before.text) != (snapshot.item_id, snapshot.text)
            or snapshot.lease_until - before.lease_until > LEASE_SECONDS / 2
        )

    async def _clear(self) -> None:
        if self._written:
            # If this fails, the snapshot expires with its lease. The message itself replaces it.
            with suppress(StoreUnavailable):
                await self._rows.clear(self._thread, self._context.turn.id, self._context)
