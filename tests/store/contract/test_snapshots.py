"""The snapshot of a running turn, which holds its text so far."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from chatkit.store import NotFoundError

from chat_api.request_context import RequestContext
from chat_api.store.snapshots import Snapshot
from tests.store.contract.backend import Backend, request_of
from tests.store.contract.conversation import incompressible
from tests.store.contract.user_store import Caller

type Callers = Callable[[str], Caller[RequestContext]]


@pytest.fixture
def turn(backend: Backend) -> Snapshot:
    now = backend.clock
    return Snapshot("turn_1", "Let me s", created_at=now(), lease_until=now() + 60)


@pytest.fixture
async def thread_id(caller: Callers) -> str:
    return (await caller("alice").thread()).id


async def test_the_latest_text_of_a_running_turn_is_read(
    backend: Backend, turn: Snapshot, thread_id: str
) -> None:
    assert await backend.store.snapshots.read(thread_id, request_of("alice")) is None
    await backend.store.snapshots.write(thread_id, turn, request_of("alice"))
    more = replace(turn, text="Let me see. \U0001f9fe" * 1000, lease_until=turn.lease_until + 5)
    await backend.store.snapshots.write(thread_id, more, request_of("alice"))
    assert await backend.store.snapshots.read(thread_id, request_of("alice")) == more
    assert await backend.store.snapshots.read(thread_id, request_of("bob")) is None


async def test_a_turn_whose_lease_has_ended_is_not_running(
    backend: Backend, turn: Snapshot, thread_id: str
) -> None:
    await backend.store.snapshots.write(thread_id, turn, request_of("alice"))
    backend.clock.advance(seconds=61)
    assert await backend.store.snapshots.read(thread_id, request_of("alice")) is None


async def test_crashed_turns_do_not_hide_a_running_one(
    backend: Backend, turn: Snapshot, thread_id: str
) -> None:
    # Together they exceed what one DynamoDB query reads.
    for number in range(8):
        crashed = replace(turn, turn_id=backend.store.mint_turn(), text=incompressible(300_000))
        late = replace(crashed, lease_until=turn.lease_until - 30 + number)
        await backend.store.snapshots.write(thread_id, late, request_of("alice"))
    backend.clock.advance(seconds=50)
    runs = replace(turn, turn_id=backend.store.mint_turn())
    await backend.store.snapshots.write(thread_id, runs, request_of("alice"))
    assert await backend.store.snapshots.read(thread_id, request_of("alice")) == runs


async def test_a_turn_clears_itself_and_no_other(
    backend: Backend, turn: Snapshot, thread_id: str
) -> None:
    await backend.store.snapshots.write(thread_id, turn, request_of("alice"))
    await backend.store.snapshots.clear(thread_id, "turn_0", request_of("alice"))
    assert await backend.store.snapshots.read(thread_id, request_of("alice")) == turn
    for _ in range(2):
        await backend.store.snapshots.clear(thread_id, turn.turn_id, request_of("alice"))
        assert await backend.store.snapshots.read(thread_id, request_of("alice")) is None


async def test_a_running_turn_is_not_an_item(
    backend: Backend, turn: Snapshot, caller: Callers
) -> None:
    alice = caller("alice")
    thread = await alice.thread()
    await backend.store.snapshots.write(thread.id, turn, request_of("alice"))
    assert (await alice.load_items(thread.id)).data == []
    with pytest.raises(NotFoundError):
        await alice.load(thread.id, turn.turn_id)


async def test_a_deleted_thread_has_no_running_turn(
    backend: Backend, turn: Snapshot, caller: Callers, thread_id: str
) -> None:
    await backend.store.snapshots.write(thread_id, turn, request_of("alice"))
    await caller("alice").delete_thread(thread_id)
    assert await backend.store.snapshots.read(thread_id, request_of("alice")) is None
    # A store may refuse a late write or drop it.
    with suppress(NotFoundError):
        await backend.store.snapshots.write(thread_id, turn, request_of("alice"))
    assert await backend.store.snapshots.read(thread_id, request_of("alice")) is None
