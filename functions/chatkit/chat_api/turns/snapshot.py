"""The text so far of a running turn, kept for whoever opens its thread meanwhile."""

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
    """Writes the row of one turn, which is the context's, and takes it away."""

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
        """Beside the block, write the text of its turn each `every` seconds if there is news.

        A turn that is shorter writes nothing. At its end the row goes.
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
            turn = self._turn()
            if turn and self._is_news(turn):
                self._written = turn
                # The next time it may work; the answer itself does not depend on it.
                with suppress(StoreUnavailable, NotFoundError):
                    await self._rows.write(self._thread, turn, self._context)

    def _turn(self) -> Snapshot | None:
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

    def _is_news(self, turn: Snapshot) -> bool:
        """Whether there is more text than was written, or the row would be taken for a crash's."""
        before = self._written
        return (
            before is None
            or (before.item_id, before.text) != (turn.item_id, turn.text)
            or turn.lease_until - before.lease_until > LEASE_SECONDS / 2
        )

    async def _clear(self) -> None:
        if self._written:
            # It ends with its lease, and nobody is shown it beside the message itself.
            with suppress(StoreUnavailable):
                await self._rows.clear(self._thread, self._context.turn.id, self._context)
