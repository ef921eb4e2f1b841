"""Everything that a user sees of a conversation, which every way to read it must agree on."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from typing import Any

from chatkit.store import NotFoundError

from chat_api.request_context import RequestContext
from tests.store.contract.backend import Backend, request_of
from tests.store.contract.conversation import FILE, Conversation
from tests.store.contract.paging import all_items, all_threads
from tests.store.contract.user_store import Caller

EVERYTHING = 1_000_000


@dataclass
class Visible:
    """What a user sees: each thing by a unique name, and the order of each listing."""

    things: dict[Any, object] = field(default_factory=dict)
    orders: dict[str, list[str]] = field(default_factory=dict)

    def assert_is_one_of(self, allowed: Sequence[Visible]) -> None:
        """Check that each thing, and its position, matches one of these states.

        Things that are the same in all of these states must match all of them.
        """
        for name in {name for state in [self, *allowed] for name in state.things}:
            assert self.things.get(name) in [state.things.get(name) for state in allowed], name
        for state in allowed:
            for listing, ids in self.orders.items():
                others = state.orders.get(listing, [])
                assert [id for id in ids if id in others] == [id for id in others if id in ids]


async def visible(backend: Backend, user: str, sample: Conversation) -> Visible:
    """Read everything in every possible way, and check that each way shows the same."""
    caller = Caller(backend.store, lambda: request_of(user), backend.clock.date)
    seen = Visible()
    threads = await all_threads(caller, 100)
    assert await all_threads(caller, 2, "desc") == threads[::-1]
    seen.orders["threads"] = [thread.id for thread in threads]
    seen.things |= {("thread", thread.id): thread for thread in threads}
    for thread_id in {*seen.orders["threads"], *sample.thread_ids}:
        await _see_thread(caller, thread_id, seen, sample)
    seen.things["attachment"] = await _found(caller.load_attachment(FILE.id))
    await _see_companions(backend, user, seen, sample)
    return seen


async def _see_thread(
    caller: Caller[RequestContext], thread_id: str, seen: Visible, sample: Conversation
) -> None:
    items = await all_items(caller, thread_id, 3)
    assert await all_items(caller, thread_id, 100, "desc") == items[::-1]
    assert await _found(caller.load_thread(thread_id)) == seen.things.get(("thread", thread_id))
    if thread_id not in seen.orders["threads"]:
        assert not items, "a missing thread must show nothing"
    seen.orders[thread_id] = [item.id for item in items]
    seen.things |= {("item", thread_id, item.id): item for item in items}
    if thread_id == sample.thread.id:
        for item_id in sample.item_ids:
            listed = seen.things.get(("item", thread_id, item_id))
            assert await _found(caller.load(thread_id, item_id)) == listed


async def _see_companions(backend: Backend, user: str, seen: Visible, sample: Conversation) -> None:
    thread_id = sample.thread.id
    rated = [sample.answer.id, sample.foreign.id]
    given = await backend.store.load_feedback(thread_id, rated, request_of(user))
    seen.things |= {("feedback", item_id): given.get(item_id) for item_id in rated}
    seen.things["running"] = await backend.store.snapshots.read(thread_id, request_of(user))
    turns = (
        await backend.transcript.before(thread_id, sample.end_of_time, EVERYTHING, request_of(user))
    ).turns
    seen.things |= {("turn", turn["turn"]): turn for turn in turns}
    seen.orders["turns"] = [turn["turn"] for turn in turns]


async def _found(loading: Awaitable[object]) -> object:
    """Return the result, or None if it is not found."""
    try:
        return await loading
    except NotFoundError:
        return None
