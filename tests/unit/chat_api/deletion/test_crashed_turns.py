"""The user's next turns finish what crashed, stalled and failed turns left."""

from collections.abc import Callable
from typing import Any

import pytest
from chatkit.store import NotFoundError

from chat_api.request_context import RequestContext
from chat_api.store.aws_calls import StoreUnavailable
from chat_api.store.blobs import Blobs
from chat_api.store.dynamo import DynamoStore
from chat_api.store.retention import Retention
from chat_api.store.table import ThreadsTable
from chat_api.store.transcript import Transcript
from chat_api.turns.deletion import delete_thread
from chatcore.gate.gate import Gate
from chatcore.ids import TimeOrderedIds
from tests.unit.chat_api.conftest import RETENTION_DAYS, Clock, GateClock
from tests.unit.chat_api.deletion.steps import LEASE_AND_SLACK, AnsweringTurn, kinds
from tests.unit.chat_api.store.conversation import (
    big_text,
    message,
    new_thread,
    objects,
    put_row,
    request_of,
    rows,
)


async def test_users_next_turn_sweeps_the_rows_of_a_killed_turn(
    gate: Gate,
    store: DynamoStore,
    answering_turn: Callable[..., AnsweringTurn],
    gate_clock: GateClock,
) -> None:
    thread, other = await new_thread(store), await new_thread(store)
    killed = answering_turn(thread)
    await killed.begin()
    await delete_thread(gate, store, thread.id, request_of("alice"))
    await store.add_thread_item(thread.id, message(store, thread), killed.context)
    gate_clock.ahead = LEASE_AND_SLACK
    turn = answering_turn(other)
    await turn.begin()
    await store.add_thread_item(other.id, message(store, other, big_text()), turn.context)
    await turn.end()
    assert kinds().count("item") == 1
    assert len(objects()) == 1, "nothing in the turn's own thread is swept"
    assert gate.row("alice").turns == []


async def test_replaced_turn_checks_whether_its_thread_exists(
    gate: Gate,
    store: DynamoStore,
    answering_turn: Callable[..., AnsweringTurn],
    gate_clock: GateClock,
) -> None:
    """The environment of the replaced turn was frozen while another turn ran and ended."""
    thread = await new_thread(store)
    stalled = answering_turn(thread)
    await stalled.begin()
    gate_clock.ahead = LEASE_AND_SLACK
    other = answering_turn(thread)
    await other.begin()
    await other.end()
    await delete_thread(gate, store, thread.id, request_of("alice"))
    await stalled.write()
    await stalled.end()
    assert kinds() == ["deleted"]


async def test_replaced_turn_leaves_an_existing_thread_alone(
    gate: Gate,
    store: DynamoStore,
    answering_turn: Callable[..., AnsweringTurn],
    gate_clock: GateClock,
) -> None:
    thread = await new_thread(store)
    stalled = answering_turn(thread)
    await stalled.begin()
    await stalled.write()
    before = kinds()
    gate_clock.ahead = LEASE_AND_SLACK
    other = answering_turn(thread)
    await other.begin()
    await stalled.end()
    assert kinds() == before
    assert [turn.id for turn in gate.row("alice").turns] == [other.context.turn.id]


class FailingStore(DynamoStore):
    """A store whose sweeps fail while `fails` is set."""

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
    clock: Clock,
    gate_clock: GateClock,
    logged: list[dict[str, Any]],
) -> None:
    store = FailingStore(table, blobs, Retention(RETENTION_DAYS, clock), TimeOrderedIds())
    thread, other = await new_thread(store), await new_thread(store)
    turn = AnsweringTurn(gate, store, transcript, thread)
    await turn.begin()
    await delete_thread(gate, store, thread.id, request_of("alice"))
    await store.add_thread_item(thread.id, message(store, thread), turn.context)
    store.fails = True
    await turn.end()
    assert [line for line in logged if line["message"] == "turn_left_open"]
    gate_clock.ahead = LEASE_AND_SLACK
    for fails in (True, False):
        store.fails = fails
        next_turn = AnsweringTurn(gate, store, transcript, other)
        await next_turn.begin()
        await next_turn.end()
        assert kinds() == (["thread", "thread", "item"] if fails else ["deleted", "thread"])
    assert gate.row("alice").turns == []


async def test_thread_restored_by_a_stalled_environment_is_deleted_when_its_turn_ends(
    gate: Gate,
    store: DynamoStore,
    answering_turn: Callable[..., AnsweringTurn],
    gate_clock: GateClock,
) -> None:
    """Meanwhile, another turn treats the stalled turn as crashed and moves the tombstone."""
    thread, other = await new_thread(store), await new_thread(store)
    [stored, _] = rows()
    stalled, next_turn = answering_turn(thread), answering_turn(other)
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
