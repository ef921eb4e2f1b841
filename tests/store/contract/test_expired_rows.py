"""Expired rows are never shown, even before DynamoDB removes them."""

from collections.abc import Callable

import pytest
from chatkit.store import NotFoundError
from chatkit.types import FileAttachment

from chat_api.request_context import RequestContext
from tests.store.contract.backend import RETENTION_DAYS, Backend
from tests.store.contract.paging import all_items, all_threads
from tests.store.contract.user_store import Caller, Order

type Callers = Callable[[str], Caller[RequestContext]]


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("limit", [1, 2, 3, 4])
async def test_expired_items_never_end_a_page_early(
    backend: Backend, caller: Callers, limit: int, order: Order
) -> None:
    alice = caller("alice")
    thread = await alice.thread()
    items = await alice.say(thread, *map(str, range(12)))
    backend.clock.advance(days=20)
    kept = [items[number] for number in (0, 5, 6, 11)]
    for item in kept:
        await alice.save(thread.id, item)
    await alice.load_thread(thread.id)
    backend.clock.advance(days=15)
    shown = kept if order == "asc" else kept[::-1]
    assert await all_items(alice, thread.id, limit, order) == shown


async def test_an_expired_item_is_not_found_and_can_be_added_again(
    backend: Backend, caller: Callers
) -> None:
    alice = caller("alice")
    thread = await alice.thread()
    old = [alice.message(thread, "old", id=id) for id in (alice.mint(), "imported")]
    for item in old:
        await alice.add(thread.id, item)
    backend.clock.advance(days=20)
    await alice.load_thread(thread.id)
    backend.clock.advance(days=15)
    for item in old:
        with pytest.raises(NotFoundError):
            await alice.load(thread.id, item.id)
        new = alice.message(thread, "new", id=item.id)
        await alice.add(thread.id, new)
        assert await alice.load(thread.id, item.id) == new


async def test_expired_threads_are_not_listed_and_never_end_a_page_early(
    backend: Backend, caller: Callers
) -> None:
    alice = caller("alice")
    threads = [await alice.thread(str(number)) for number in range(9)]
    backend.clock.advance(days=20)
    kept = [threads[number] for number in (0, 4, 8)]
    for thread in kept:
        await alice.load_thread(thread.id)
    backend.clock.advance(days=15)
    for limit in (1, 2, 3):
        assert await all_threads(alice, limit) == kept
        assert await all_threads(alice, limit, "desc") == kept[::-1]


async def test_the_items_of_an_expired_thread_are_not_shown(
    backend: Backend, caller: Callers
) -> None:
    alice = caller("alice")
    thread = await alice.thread()
    backend.clock.advance(days=RETENTION_DAYS - 1)
    [item] = await alice.say(thread, "newer than its thread")
    backend.clock.advance(days=2)
    with pytest.raises(NotFoundError):
        await alice.load_thread(thread.id)
    assert await all_items(alice, thread.id) == []
    with pytest.raises(NotFoundError):
        await alice.load(thread.id, item.id)


async def test_a_thread_lives_as_long_as_it_is_used(backend: Backend, caller: Callers) -> None:
    alice = caller("alice")
    thread = await alice.thread()
    for _ in range(4):
        backend.clock.advance(days=RETENTION_DAYS - 1)
        assert await alice.load_thread(thread.id) == thread
    backend.clock.advance(days=RETENTION_DAYS - 1)
    await alice.save_thread(thread)
    backend.clock.advance(days=RETENTION_DAYS - 1)
    assert await all_threads(alice) == [thread]


async def test_an_expired_attachment_is_not_found(backend: Backend, caller: Callers) -> None:
    alice = caller("alice")
    file = FileAttachment(id="atc_1", name="a.txt", mime_type="text/plain")
    await alice.save_attachment(file)
    backend.clock.advance(days=RETENTION_DAYS + 1)
    with pytest.raises(NotFoundError):
        await alice.load_attachment("atc_1")


async def test_every_row_has_an_expiry(backend: Backend, caller: Callers) -> None:
    alice = caller("alice")
    thread = await alice.thread(id="imported thread")
    await alice.add(thread.id, alice.message(thread, id="imported"))
    await alice.say(thread, "minted")
    await alice.delete_thread((await alice.thread()).id)
    latest = backend.clock() + (RETENTION_DAYS + 2) * 86_400
    for row in backend.rows():
        assert backend.clock() < int(row["expires_at"]["N"]) <= latest
