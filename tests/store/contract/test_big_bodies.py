"""Bodies are stored in the row, compressed or not, or in the bucket, or they are refused."""

from collections.abc import Callable

import pytest
from chatkit.store import NotFoundError
from chatkit.types import EndOfTurnItem

from chat_api.request_context import RequestContext
from chatcore.errors import TooLarge
from tests.store.contract.backend import Backend, request_of
from tests.store.contract.conversation import incompressible
from tests.store.contract.paging import all_items
from tests.store.contract.user_store import Caller

type Callers = Callable[[str], Caller[RequestContext]]
KB = 1024
MB = 1024 * KB


def stored_bytes(backend: Backend) -> int:
    """Return the size of the largest body in a row."""
    sizes = [len(next(iter(row["body"].values()))) for row in backend.rows() if "body" in row]
    return max(sizes)


@pytest.mark.parametrize("size", [500, KB, 2 * KB, 128 * KB, 256 * KB, 300 * KB, MB])
@pytest.mark.parametrize("compressible", [True, False])
async def test_a_text_of_any_size_is_read_as_it_was_added(
    backend: Backend, caller: Callers, size: int, compressible: bool
) -> None:
    alice = caller("alice")
    thread = await alice.thread()
    text = "many words " * (size // 11) if compressible else incompressible(size)
    [item] = await alice.say(thread, text)
    await alice.add(thread.id, item)
    assert await alice.load(thread.id, item.id) == item
    assert await all_items(alice, thread.id) == [item]
    assert stored_bytes(backend) <= 130 * KB


async def test_a_compressible_body_is_stored_compressed(backend: Backend, caller: Callers) -> None:
    alice = caller("alice")
    await alice.say(await alice.thread(), "many words " * 10_000)
    assert stored_bytes(backend) < 10 * KB
    assert backend.objects() == []


async def test_an_item_of_5_mb_is_kept(backend: Backend, caller: Callers) -> None:
    alice = caller("alice")
    thread = await alice.thread()
    [item] = await alice.say(thread, incompressible(5 * MB - 2 * KB))
    assert await alice.load(thread.id, item.id) == item


async def test_an_item_over_5_mb_is_refused_before_anything_is_written(
    backend: Backend, caller: Callers
) -> None:
    alice = caller("alice")
    thread = await alice.thread()
    before = backend.rows()
    for id in (alice.mint(), "imported"):
        big = alice.message(thread, "x" * (5 * MB), id=id)
        for write in (alice.add, alice.save):
            with pytest.raises(TooLarge):
                await write(thread.id, big)
    assert backend.rows() == before
    assert backend.objects() == []


async def test_adding_another_big_item_with_the_same_id_is_refused_and_changes_nothing(
    backend: Backend, caller: Callers
) -> None:
    alice = caller("alice")
    thread = await alice.thread()
    [item] = await alice.say(thread, incompressible(300 * KB))
    other = alice.message(thread, incompressible(301 * KB), id=item.id)
    with pytest.raises(ValueError, match=item.id):
        await alice.add(thread.id, other)
    assert await all_items(alice, thread.id) == [item]


async def test_an_object_that_no_row_refers_to_is_deleted(
    backend: Backend, caller: Callers
) -> None:
    alice = caller("alice")
    thread = await alice.thread()
    saved, deleted = await alice.say(thread, incompressible(300 * KB), incompressible(301 * KB))
    assert len(backend.objects()) == 2
    await alice.save(thread.id, alice.message(thread, "small", id=saved.id))
    await alice.delete(thread.id, deleted.id)
    assert backend.objects() == []


async def test_saving_a_big_item_again_keeps_its_body(backend: Backend, caller: Callers) -> None:
    alice = caller("alice")
    thread = await alice.thread()
    [item] = await alice.say(thread, incompressible(300 * KB))
    await alice.save(thread.id, item)
    assert await alice.load(thread.id, item.id) == item


async def test_a_page_of_many_big_items_is_read(backend: Backend, caller: Callers) -> None:
    alice = caller("alice")
    thread = await alice.thread()
    texts = [incompressible(300 * KB) + str(number) for number in range(12)]
    items = await alice.say(thread, *texts)
    assert await all_items(alice, thread.id) == items


async def test_another_users_big_item_is_not_found(caller: Callers) -> None:
    alice, bob = caller("alice"), caller("bob")
    thread = await alice.thread(id="t")
    [item] = await alice.say(thread, incompressible(300 * KB))
    await bob.thread(id="t")
    with pytest.raises(NotFoundError):
        await bob.load("t", item.id)


async def test_a_regenerated_big_turn_leaves_no_body_behind(
    backend: Backend, caller: Callers
) -> None:
    alice = caller("alice")
    thread = await alice.thread()
    end = EndOfTurnItem(id=alice.mint(), thread_id=thread.id, created_at=alice.now())
    # One request removes the turn and stores the new one.
    context = request_of("alice")
    message = alice.mint()
    await backend.transcript.save(thread.id, message, [incompressible(MB)], context)
    assert len(backend.objects()) == 1
    await backend.transcript.save(thread.id, message, ["short"], context, end)
    assert backend.objects() == []
    assert await alice.load(thread.id, end.id) == end
