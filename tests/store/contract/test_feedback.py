"""Feedback: the latest one is kept, and it is deleted with its item."""

from collections.abc import Callable

import pytest
from chatkit.store import NotFoundError

from chat_api.request_context import RequestContext
from chat_api.store.feedback import Feedback
from tests.store.contract.backend import Backend, request_of
from tests.store.contract.user_store import Caller

type Callers = Callable[[str], Caller[RequestContext]]
ALICE, BOB = "alice", "bob"


async def test_the_latest_feedback_of_an_item_is_kept(backend: Backend, caller: Callers) -> None:
    alice = caller(ALICE)
    thread = await alice.thread()
    rated, imported, other = [
        alice.message(thread),
        alice.message(thread, id="imported#1"),
        alice.message(thread),
    ]
    for item in (rated, imported, other):
        await alice.add(thread.id, item)
    store = backend.store
    both = [rated.id, imported.id]
    for kind in ("positive", "negative"):
        await store.save_feedback(thread.id, both, kind, request_of(ALICE))
        kinds = dict.fromkeys(both, Feedback(kind))
        assert await store.load_feedback(thread.id, [*both, other.id], request_of(ALICE)) == kinds


# An id in the store's own form, one in another form, and an item of another thread.
@pytest.mark.parametrize("missing", ["msg_0123456789abcdefghjkmnpqrs", "foreign", "elsewhere"])
async def test_feedback_on_a_missing_item_writes_nothing(
    backend: Backend, caller: Callers, missing: str
) -> None:
    alice = caller(ALICE)
    thread, other = await alice.thread(), await alice.thread()
    [item] = await alice.say(thread, "there")
    await alice.add(other.id, alice.message(other, id="elsewhere"))
    before = backend.rows()
    with pytest.raises(NotFoundError):
        await backend.store.save_feedback(
            thread.id, [item.id, missing], "positive", request_of(ALICE)
        )
    assert backend.rows() == before


async def test_another_users_items_accept_no_feedback(backend: Backend, caller: Callers) -> None:
    alice = caller(ALICE)
    thread = await alice.thread()
    [item] = await alice.say(thread, "alice's")
    store = backend.store
    with pytest.raises(NotFoundError):
        await store.save_feedback(thread.id, [item.id], "negative", request_of(BOB))
    await store.save_feedback(thread.id, [item.id], "positive", request_of(ALICE))
    with pytest.raises(NotFoundError):
        await store.save_feedback(thread.id, [item.id], "negative", request_of(BOB))
    kept = {item.id: Feedback("positive")}
    assert await store.load_feedback(thread.id, [item.id], request_of(ALICE)) == kept


async def test_feedback_is_deleted_with_its_item_or_thread(
    backend: Backend, caller: Callers
) -> None:
    alice = caller(ALICE)
    thread = await alice.thread()
    items = await alice.say(thread, "one", "two")
    store = backend.store
    await store.save_feedback(thread.id, [item.id for item in items], "positive", request_of(ALICE))
    await alice.delete(thread.id, items[0].id)
    await alice.add(thread.id, items[0])
    left = {items[1].id: Feedback("positive")}
    ids = [item.id for item in items]
    assert await store.load_feedback(thread.id, ids, request_of(ALICE)) == left
    await alice.delete_thread(thread.id)
    with pytest.raises(NotFoundError):
        await store.save_feedback(thread.id, [items[1].id], "positive", request_of(ALICE))
    assert len(backend.rows()) == 1, "the tombstone"
