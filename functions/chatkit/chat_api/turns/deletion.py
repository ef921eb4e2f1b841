"""Deletion of a thread, which may be one that is being answered.

A deletion first hides the thread, then marks the turn that runs in it, then deletes the rows. A
turn reads its thread only after the gate has opened it, and closes only after its last write. So
either the turn finds the thread hidden; or it closes before the mark, and the deletion finds all
its rows; or the gate refuses to close it, and it deletes the rows itself. After the last rows, when
no turn can write to the thread, the tombstone moves to where no listing reads it. A
deletion that broke off is finished by its repeat. docs/decisions/deletion.md has the cases.
"""

from contextlib import suppress

from chat_api.request_context import RequestContext
from chat_api.store.aws_calls import StoreUnavailable
from chat_api.store.dynamo import DynamoStore
from chatcore.errors import Unavailable
from chatcore.gate.gate import Gate, OpenTurn
from chatcore.gate.row import GateTurn
from chatcore.logs import logger
from chatcore.shielded import run_to_completion
from chatcore.thread_pools import ROWS


@run_to_completion
async def delete_thread(
    gate: Gate, store: DynamoStore, thread_id: str, context: RequestContext
) -> None:
    """Delete a thread with all its rows, and stop the turn that runs in it.

    Raise `NotFoundError`. If the gate or the store does not answer, the thread is already hidden,
    and the request may be repeated.
    """
    await store.hide_thread(thread_id, context)
    try:
        is_running = await ROWS.run(gate.mark_deleted, context.user, thread_id)
    finally:
        await store.delete_thread_rows(thread_id, context)
    if not is_running:
        await store.move_tombstone(thread_id, context)


async def note_deletion(gate: Gate, turn: OpenTurn, context: RequestContext) -> None:
    """Keep a turn that was asked to stop from writing more if its thread was deleted."""
    if await ROWS.run(gate.is_deleted, turn):
        context.cache.deleted.add(turn.thread)


async def close_turn(
    gate: Gate, store: DynamoStore, turn: OpenTurn, context: RequestContext, *, tokens: int
) -> None:
    """Close a turn, and leave nothing of it in a thread that was deleted meanwhile.

    A turn that has lost its thread also checks, because another turn may have removed the deletion
    mark. Afterwards, sweep the deleted threads of turns that crashed.
    """
    await _close(gate, store, turn, context, tokens)
    for crashed in turn.abandoned:
        await _sweep_after(crashed, gate, store, context)


async def _close(
    gate: Gate, store: DynamoStore, turn: OpenTurn, context: RequestContext, tokens: int
) -> None:
    known = store.knows_deleted(turn.thread, context)
    if not known and await ROWS.run(gate.close_turn, turn, tokens=tokens):
        return
    if known or await store.is_deleted(turn.thread, context):
        await _finish(turn.thread, store, context)
        logger.info("thread_deleted_while_answered", turn_id=turn.id)
    await ROWS.run(gate.close_turn, turn, tokens=tokens, rows_deleted=True)


async def _sweep_after(
    crashed: GateTurn, gate: Gate, store: DynamoStore, context: RequestContext
) -> None:
    """Delete what a crashed turn wrote to a deleted thread. After a failure its mark stays."""
    with suppress(StoreUnavailable, Unavailable):
        if await store.is_deleted(crashed.thread, context):
            await _finish(crashed.thread, store, context)
        await ROWS.run(gate.drop_turn, context.user, crashed)


async def _finish(thread_id: str, store: DynamoStore, context: RequestContext) -> None:
    """Delete what a turn wrote to a deleted thread, and take the thread out of the listings."""
    await store.delete_thread_rows(thread_id, context)
    await store.move_tombstone(thread_id, context)
