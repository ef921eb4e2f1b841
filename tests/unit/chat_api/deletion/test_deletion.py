"""A thread that is deleted during a turn leaves nothing, in any order of the steps of both."""

import asyncio
from collections.abc import Callable
from itertools import combinations_with_replacement

import boto3
import pytest
from chatkit.store import NotFoundError

from chat_api.store.dynamo import DynamoStore
from chat_api.store.snapshots import Snapshot
from chat_api.store.transcript import Transcript
from chat_api.turns import lease
from chat_api.turns.deletion import delete_thread
from chatcore.errors import Unavailable
from chatcore.gate.admission import Requester
from chatcore.gate.gate import Gate
from chatcore.gate.limits import Limits
from chatcore.gate.table import GateTable
from tests.unit.chat_api.deletion.steps import AnsweringTurn, Deletion, kinds
from tests.unit.chat_api.store.conversation import (
    big_text,
    message,
    new_thread,
    objects,
    request_of,
    rows,
    say,
)


@pytest.mark.parametrize(
    ("writes_after", "ends_after"), [*combinations_with_replacement(range(4), 2)]
)
async def test_nothing_is_left_in_any_order_of_the_turns_writes_and_the_deletion(
    gate: Gate,
    store: DynamoStore,
    answering_turn: Callable[..., AnsweringTurn],
    writes_after: int,
    ends_after: int,
) -> None:
    thread = await new_thread(store)
    turn = answering_turn(thread)
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
    gate: Gate, store: DynamoStore, answering_turn: Callable[..., AnsweringTurn]
) -> None:
    thread = await new_thread(store)
    turn = answering_turn(thread)
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
    gate: Gate, store: DynamoStore, answering_turn: Callable[..., AnsweringTurn]
) -> None:
    thread = await new_thread(store)
    await say(store, thread, "one", "two")
    turn = answering_turn(thread)
    await turn.begin()
    await Deletion(gate, store, thread.id).advance(2)
    await turn.end()
    assert kinds() == ["deleted"]


async def test_turn_that_read_the_tombstone_sweeps_without_a_mark(
    gate: Gate, store: DynamoStore, answering_turn: Callable[..., AnsweringTurn]
) -> None:
    thread = await new_thread(store)
    turn = answering_turn(thread)
    await turn.begin()
    await turn.write()
    await Deletion(gate, store, thread.id).advance(1)
    with pytest.raises(NotFoundError):
        await store.name_thread(thread.id, "Title", turn.context)
    await turn.end()
    assert kinds() == ["deleted"]


async def test_body_replaced_between_two_sweeps_is_deleted(
    gate: Gate, store: DynamoStore, answering_turn: Callable[..., AnsweringTurn]
) -> None:
    """A sweep reads the rows and then deletes them. A row may get a new body in between."""
    thread = await new_thread(store)
    turn = answering_turn(thread)
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
    gate: Gate, store: DynamoStore, answering_turn: Callable[..., AnsweringTurn]
) -> None:
    thread = await new_thread(store)
    turn = answering_turn(thread)
    await turn.begin()
    await turn.write()
    await asyncio.gather(
        *(delete_thread(gate, store, thread.id, request_of("alice")) for _ in range(3))
    )
    await turn.end()
    assert kinds() == ["deleted"]


class Unreachable(Gate):
    """A gate that cannot reach DynamoDB."""

    def mark_deleted(self, user: str, thread: str) -> bool:
        raise Unavailable("The service cannot check your access right now. Please try again.")


async def test_deletion_without_the_gate_deletes_existing_rows_and_can_be_repeated(
    gate: Gate, store: DynamoStore, answering_turn: Callable[..., AnsweringTurn]
) -> None:
    thread = await new_thread(store)
    turn = answering_turn(thread)
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


@pytest.mark.parametrize("thread_id", [None, "imported"])
async def test_turn_stops_writing_once_it_sees_the_deletion(
    gate: Gate,
    store: DynamoStore,
    transcript: Transcript,
    answering_turn: Callable[..., AnsweringTurn],
    thread_id: str | None,
) -> None:
    thread = await new_thread(store, thread_id)
    turn = answering_turn(thread)
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


async def test_tombstone_moves_when_the_running_turn_ends(
    gate: Gate, store: DynamoStore, answering_turn: Callable[..., AnsweringTurn]
) -> None:
    thread = await new_thread(store)
    turn = answering_turn(thread)
    await turn.begin()
    await delete_thread(gate, store, thread.id, request_of("alice"))
    assert kinds() == ["thread"]
    await delete_thread(gate, store, thread.id, request_of("alice"))
    assert kinds() == ["thread"], "the turn still runs"
    await turn.end()
    assert kinds() == ["deleted"]
    await delete_thread(gate, store, thread.id, request_of("alice"))
    assert kinds() == ["deleted"]
