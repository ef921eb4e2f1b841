"""The steps of a deletion and of a turn that runs meanwhile."""

from chatkit.types import ThreadMetadata

from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.store.snapshots import Snapshot
from chat_api.store.transcript import Transcript
from chat_api.turn_state import TurnState
from chat_api.turns import lease
from chatcore.gate.gate import Gate, OpenTurn
from tests.unit.chat_api.store.conversation import (
    message,
    request_of,
    rows,
)

LEASE_AND_SLACK = 61


def kinds() -> list[str]:
    return [row["sk"]["S"].partition("#")[0] for row in rows()]


class AnsweringTurn:
    """A turn that has read its thread before a deletion."""

    def __init__(
        self, gate: Gate, store: DynamoStore, transcript: Transcript, thread: ThreadMetadata
    ) -> None:
        self.context = RequestContext("alice", "s1", TurnState(store.mint_turn(), thread.id))
        self._gate, self._store, self._transcript = gate, store, transcript
        self._thread = thread
        self._opened: OpenTurn | None = None

    async def begin(self) -> None:
        self._opened = await lease.open_turn(self._gate, self.context, fingerprint="", first=False)
        await self._store.load_thread(self._thread.id, self.context)

    async def write(self, text: str = "words") -> None:
        """Store one row of each kind that a turn stores."""
        message_item = message(self._store, self._thread, text)
        running = Snapshot(self.context.turn.id, "so far", 1.0, 9e9)
        await self._store.add_thread_item(self._thread.id, message_item, self.context)
        await self._transcript.save(self._thread.id, message_item.id, ["turn"], self.context)
        await self._store.snapshots.write(self._thread.id, running, self.context)

    async def end(self) -> None:
        assert self._opened is not None
        async with lease.closing(self._gate, self._store, self._opened, self.context):
            pass


class Deletion:
    """A deletion whose steps a test takes one by one."""

    def __init__(self, gate: Gate, store: DynamoStore, thread_id: str) -> None:
        self._gate, self._store, self._thread_id = gate, store, thread_id
        self._steps = [self._write_tombstone, self._mark, self._sweep, self._move]
        self._is_running = False

    async def advance(self, steps: int) -> None:
        now, self._steps = self._steps[:steps], self._steps[steps:]
        for step in now:
            await step()

    async def _write_tombstone(self) -> None:
        await self._store.hide_thread(self._thread_id, request_of("alice"))

    async def _mark(self) -> None:
        self._is_running = self._gate.mark_deleted("alice", self._thread_id)

    async def _sweep(self) -> None:
        await self._store.delete_thread_rows(self._thread_id, request_of("alice"))

    async def _move(self) -> None:
        if not self._is_running:
            await self._store.move_tombstone(self._thread_id, request_of("alice"))
