"""Deletion of a thread during a turn: nothing is left in any order of their steps."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import boto3
import pytest
from chatkit.store import NotFoundError
from chatkit.types import ThreadMetadata

from chat_api.request_cache import RequestCache
from chat_api.request_context import RequestContext
from chat_api.store.aws_calls import StoreUnavailable
from chat_api.store.blobs import Blobs
from chat_api.store.dynamo import DynamoStore
from chat_api.store.retention import Retention
from chat_api.store.snapshots import Snapshot
from chat_api.store.table import ThreadsTable
from chat_api.store.transcript import Transcript
from chat_api.turn_state import TurnState
from chat_api.turns import lease
from chat_api.turns.deletion import delete_thread
from chatcore.errors import Unavailable
from chatcore.gate.admission import Requester
from chatcore.gate.gate import Gate, OpenTurn
from chatcore.gate.limits import Limits
from chatcore.gate.table import GateTable
from chatcore.ids import TimeOrderedIds
from tests.unit.chat_api.conftest import RETENTION_DAYS
from tests.unit.chat_api.store.conversation import (
    CREATED,
    big_text,
    message,
    new_thread,
    objects,
    put_row,
    request_of,
    rows,
    say,
)

LEASE_AND_SLACK = 61


def kinds() -> list[str]:
    return [row["sk"]["S"].partition("#")[0] for row in rows()]


class Answering:
    """A turn that read its thread before a deletion."""

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


@pytest.fixture
def gate(create_table: Callable[[str], None], limits: Limits, gate_clock: Any) -> Gate:
    create_table("sessions")
    client = boto3.client("dynamodb")
    made = Gate(GateTable(lambda: client, "sessions"), limits, now=gate_clock)
    made.open_session("alice", "s1", 9_999_999_999)
    return made


@pytest.fixture
def answering(gate: Gate, store: DynamoStore, transcript: Transcript) -> Callable[..., Answering]:
    return lambda thread: Answering(gate, store, transcript, thread)


class Deletion:
    """A deletion, step by step."""

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
        self._is_running = self._gate.delete_thread("alice", self._thread_id)

    async def _sweep(self) -> None:
        await self._store.delete_thread_rows(self._thread_id, request_of("alice"))

    async def _move(self) -> None:
        if not self._is_running:
            await self._store.move_tombstone(self._thread_id, request_of("alice"))


@pytest.mark.parametrize("writes_after", [0, 1, 2, 3])
@pytest.mark.parametrize("ends_after", [0, 1, 2, 3])
async def test_nothing_is_left_in_any_order_of_the_turns_writes_and_the_deletion(
    gate: Gate,
    store: DynamoStore,
    answering: Callable[..., Answering],
    writes_after: int,
    ends_after: int,
) -> None:
    if ends_after < writes_after:
        return
    thread = await new_thread(store)
    turn = answering(thread)
    await turn.begin()
    deletion = Deletion(gate, store, thread.id)
    await deletion.advance(writes_after)
    await store.add_thread_item(thread.id, message(store, thread), turn.context)
    await deletion.advance(ends_after - writes_after)
    await turn.end()
    await deletion.advance(4)
    assert kinds() == ["deleted"]
    assert gate.row("alice").turns == []


async def test_rows_of_every_kind_are_swept(
    gate: Gate, store: DynamoStore, answering: Callable[..., Answering]
) -> None:
    thread = await new_thread(store)
    turn = answering(thread)
    await turn.begin()
    [message_item] = await say(store, thread, "one")
    await store.save_feedback(thread.id, [message_item.id], "positive", request_of("alice"))
    await turn.write()
    assert set(kinds()) == {"thread", "item", "transcript", "feedback", "turn"}
    await delete_thread(gate, store, thread.id, request_of("alice"))
    await turn.write()
    assert set(kinds()) == {"thread", "item", "transcript", "turn"}
    await turn.end()
    assert kinds() == ["deleted"]


async def test_turn_finishes_a_deletion_interrupted_after_its_mark(
    gate: Gate, store: DynamoStore, answering: Callable[..., Answering]
) -> None:
    thread = await new_thread(store)
    await say(store, thread, "one", "two")
    turn = answering(thread)
    await turn.begin()
    await Deletion(gate, store, thread.id).advance(2)
    await turn.end()
    assert kinds() == ["deleted"]


async def test_turn_that_read_the_tombstone_sweeps_without_a_mark(
    gate: Gate, store: DynamoStore, answering: Callable[..., Answering]
) -> None:
    thread = await new_thread(store)
    turn = answering(thread)
    await turn.begin()
    await turn.write()
    await Deletion(gate, store, thread.id).advance(1)
    with pytest.raises(NotFoundError):
        await store.name_thread(thread.id, "Title", turn.context)
    await turn.end()
    assert kinds() == ["deleted"]


async def test_users_next_turn_sweeps_the_rows_of_a_killed_turn(
    gate: Gate, store: DynamoStore, answering: Callable[..., Answering], gate_clock: Any
) -> None:
    thread, other = await new_thread(store), await new_thread(store)
    killed = answering(thread)
    await killed.begin()
    await delete_thread(gate, store, thread.id, request_of("alice"))
    await store.add_thread_item(thread.id, message(store, thread), killed.context)
    gate_clock.ahead = LEASE_AND_SLACK
    turn = answering(other)
    await turn.begin()
    await store.add_thread_item(other.id, message(store, other, big_text()), turn.context)
    await turn.end()
    assert kinds().count("item") == 1
    assert len(objects()) == 1, "of the turn's own thread nothing is swept"
    assert gate.row("alice").turns == []


async def test_replaced_turn_checks_whether_its_thread_exists(
    gate: Gate, store: DynamoStore, answering: Callable[..., Answering], gate_clock: Any
) -> None:
    """Its environment was frozen while another turn ran and ended."""
    thread = await new_thread(store)
    stalled = answering(thread)
    await stalled.begin()
    gate_clock.ahead = LEASE_AND_SLACK
    other = answering(thread)
    await other.begin()
    await other.end()
    await delete_thread(gate, store, thread.id, request_of("alice"))
    await stalled.write()
    await stalled.end()
    assert kinds() == ["deleted"]


async def test_replaced_turn_leaves_an_existing_thread_alone(
    gate: Gate, store: DynamoStore, answering: Callable[..., Answering], gate_clock: Any
) -> None:
    thread = await new_thread(store)
    stalled = answering(thread)
    await stalled.begin()
    await stalled.write()
    before = kinds()
    gate_clock.ahead = LEASE_AND_SLACK
    other = answering(thread)
    await other.begin()
    await stalled.end()
    assert kinds() == before
    assert [turn.id for turn in gate.row("alice").turns] == [other.context.turn.id]


async def test_body_replaced_between_two_sweeps_is_deleted(
    gate: Gate, store: DynamoStore, answering: Callable[..., Answering]
) -> None:
    """A sweep reads the rows and then deletes them. No row names a body stored in between."""
    thread = await new_thread(store)
    turn = answering(thread)
    await turn.begin()
    message_item = message(store, thread, "short")
    await store.add_thread_item(thread.id, message_item, turn.context)
    await Deletion(gate, store, thread.id).advance(2)
    longer = message(store, thread, big_text(), id=message_item.id)
    await store.save_item(thread.id, longer, turn.context)
    for row in rows():
        if row["sk"]["S"].startswith("item#"):
            boto3.client("dynamodb").delete_item(
                TableName="threads", Key={"pk": row["pk"], "sk": row["sk"]}
            )
    await turn.end()
    assert objects() == []


async def test_concurrent_deletions_both_succeed(
    gate: Gate, store: DynamoStore, answering: Callable[..., Answering]
) -> None:
    thread = await new_thread(store)
    turn = answering(thread)
    await turn.begin()
    await turn.write()
    await asyncio.gather(
        *(delete_thread(gate, store, thread.id, request_of("alice")) for _ in range(3))
    )
    await turn.end()
    assert kinds() == ["deleted"]


class Unreachable(Gate):
    """A gate that cannot reach DynamoDB."""

    def delete_thread(self, user: str, thread: str) -> bool:
        raise Unavailable("The service cannot check your access right now. Please try again.")


async def test_deletion_without_the_gate_deletes_existing_rows_and_can_be_repeated(
    gate: Gate, store: DynamoStore, answering: Callable[..., Answering]
) -> None:
    thread = await new_thread(store)
    turn = answering(thread)
    await turn.begin()
    await turn.write()
    client = boto3.client("dynamodb")
    unreachable = Unreachable(GateTable(lambda: client, "sessions"), Limits())
    with pytest.raises(Unavailable):
        await delete_thread(unreachable, store, thread.id, request_of("alice"))
    assert kinds() == ["thread"], "a turn may run"
    await store.add_thread_item(thread.id, message(store, thread), turn.context)
    await delete_thread(gate, store, thread.id, request_of("alice"))
    await turn.end()
    assert kinds() == ["deleted"]


class FailingStore(DynamoStore):
    """A store whose sweeps fail at first."""

    fails = False

    async def delete_thread_rows(self, thread_id: str, context: RequestContext) -> None:
        if self.fails:
            raise StoreUnavailable
        await super().delete_thread_rows(thread_id, context)


async def test_users_next_turn_repeats_a_failed_sweep(
    gate: Gate,
    table: ThreadsTable,
    blobs: Blobs,
    transcript: Transcript,
    clock: Any,
    gate_clock: Any,
    logged: list[dict[str, Any]],
) -> None:
    store = FailingStore(table, blobs, Retention(RETENTION_DAYS, clock), TimeOrderedIds())
    thread, other = await new_thread(store), await new_thread(store)
    turn = Answering(gate, store, transcript, thread)
    await turn.begin()
    await delete_thread(gate, store, thread.id, request_of("alice"))
    await store.add_thread_item(thread.id, message(store, thread), turn.context)
    store.fails = True
    await turn.end()
    assert [line for line in logged if line["message"] == "turn_left_open"]
    gate_clock.ahead = LEASE_AND_SLACK
    for fails in (True, False):
        store.fails = fails
        next_turn = Answering(gate, store, transcript, other)
        await next_turn.begin()
        await next_turn.end()
        assert (kinds() == ["deleted", "thread"]) == (not fails)
    assert gate.row("alice").turns == []


@pytest.mark.parametrize("thread_id", [None, "imported"])
async def test_turn_stops_writing_once_it_sees_the_deletion(
    gate: Gate,
    store: DynamoStore,
    transcript: Transcript,
    answering: Callable[..., Answering],
    thread_id: str | None,
) -> None:
    thread = await new_thread(store, thread_id)
    turn = answering(thread)
    opened = gate.open_turn(Requester("alice", "s1"), thread.id, turn.context.turn.id, seconds=30)
    message_item = message(store, thread)
    context = turn.context
    await store.load_thread(thread.id, context)
    await store.add_thread_item(thread.id, message_item, context)
    asked_to_stop = lease.StopCheck(gate, opened, context)
    assert not await asked_to_stop()
    await delete_thread(gate, store, thread.id, request_of("alice"))
    assert await asked_to_stop()
    left = rows()
    changed = thread.model_copy(update={"title": "Title"})
    for write in (
        store.add_thread_item(thread.id, message(store, thread), context),
        store.save_item(thread.id, message_item, context),
        store.delete_thread_item(thread.id, message_item.id, context),
        store.save_feedback(thread.id, [message_item.id], "positive", context),
        store.save_thread(changed, context),
        store.name_thread(thread.id, "Title", context),
        store.snapshots.write(thread.id, Snapshot("turn_1", "so far", 1.0, 9e9), context),
        transcript.save(thread.id, message_item.id, [], context),
        transcript.take_back(thread.id, message_item.id, [], context),
    ):
        with pytest.raises(NotFoundError):
            await write
    assert rows() == left


async def test_thread_restored_by_a_stalled_container_is_deleted_when_its_turn_ends(
    gate: Gate, store: DynamoStore, answering: Callable[..., Answering], gate_clock: Any
) -> None:
    """Another turn treats its turn as crashed and moves the tombstone."""
    thread, other = await new_thread(store), await new_thread(store)
    [stored, _] = rows()
    stalled, next_turn = answering(thread), answering(other)
    await stalled.begin()
    gate_clock.ahead = LEASE_AND_SLACK
    await delete_thread(gate, store, thread.id, request_of("alice"))
    await next_turn.begin()
    await next_turn.end()
    assert kinds() == ["deleted", "thread"]
    # The write that stored the thread arrives again.
    put_row(stored)
    await stalled.write()
    await stalled.end()
    assert kinds() == ["deleted", "thread"]
    with pytest.raises(NotFoundError):
        await store.load_thread(thread.id, request_of("alice"))


async def test_tombstone_moves_when_the_running_turn_ends(
    gate: Gate, store: DynamoStore, answering: Callable[..., Answering]
) -> None:
    thread = await new_thread(store)
    turn = answering(thread)
    await turn.begin()
    await delete_thread(gate, store, thread.id, request_of("alice"))
    assert kinds() == ["thread"]
    await delete_thread(gate, store, thread.id, request_of("alice"))
    assert kinds() == ["thread"], "the turn still runs"
    await turn.end()
    assert kinds() == ["deleted"]
    await delete_thread(gate, store, thread.id, request_of("alice"))
    assert kinds() == ["deleted"]


async def test_thread_deleted_after_it_was_read_cannot_be_renamed_or_named(
    store: DynamoStore,
) -> None:
    late, thread = request_of("alice"), await new_thread(store)
    read = await store.load_thread(thread.id, late)
    await store.delete_thread(thread.id, request_of("alice"))
    read.title = "Title"
    with pytest.raises(NotFoundError):
        await store.save_thread(read, late)
    with pytest.raises(NotFoundError):
        await store.name_thread(thread.id, "Title", late)
    assert kinds() == ["deleted"]
    assert store.knows_deleted(thread.id, late)


async def test_feedback_in_a_deleted_thread_is_refused_and_not_stored(
    store: DynamoStore,
) -> None:
    late, thread = request_of("alice"), await new_thread(store)
    message_item = await say(store, thread, "one", "two")
    for item in message_item:
        await store.load_item(thread.id, item.id, late)
    await store.delete_thread(thread.id, request_of("alice"))
    with pytest.raises(NotFoundError):
        await store.save_feedback(thread.id, [item.id for item in message_item], "positive", late)
    assert kinds() == ["deleted"]


async def test_is_deleted_does_not_use_the_cache_of_other_requests(
    store: DynamoStore, context: RequestContext
) -> None:
    """Each request reads again whether a thread is deleted."""
    thread = ThreadMetadata(id=store.mint("thread"), created_at=CREATED)
    await store.save_thread(thread, context)
    assert not await store.is_deleted(thread.id, context)
    await store.hide_thread(thread.id, request_of("alice"))
    assert not store.knows_deleted(thread.id, replace(context, cache=RequestCache()))
    assert await store.is_deleted(thread.id, context)
    assert store.knows_deleted(thread.id, context)
