"""Large threads are deleted in batches, and a repeat finishes an interrupted deletion."""

from collections.abc import Callable

from chatkit.types import AssistantMessageItem

from chat_api.request_context import RequestContext
from chat_api.store.aws_calls import StoreUnavailable
from tests.store.contract.backend import (
    PLAIN,
    Backend,
    clients,
    new_backend,
    request_of,
)
from tests.store.contract.conversation import incompressible
from tests.store.contract.engines import Engine
from tests.store.contract.fault_proxy import Fault, FaultProxy, after, no_fault
from tests.store.contract.paging import all_items, all_threads
from tests.store.contract.user_store import Caller

type Callers = Callable[[str], Caller[RequestContext]]
MANY = 60


async def large_thread(
    alice: Caller[RequestContext], backend: Backend, id: str | None = None
) -> str:
    """Store a thread with items of every size and origin, turns and feedback."""
    thread = await alice.thread(id=id)
    said = await alice.say(thread, *map(str, range(MANY)), incompressible(300_000))
    for number in range(3):
        await alice.add(thread.id, alice.message(thread, id=f"imported {number}"))
    turn = [{"role": "user", "content": "hello"}]
    await backend.transcript.save(thread.id, said[0].id, turn, alice.context())
    await backend.store.save_feedback(thread.id, [said[1].id], "positive", alice.context())
    return thread.id


async def test_only_the_tombstone_of_a_deleted_thread_is_left(
    backend: Backend, caller: Callers
) -> None:
    alice = caller("alice")
    await alice.delete_thread(await large_thread(alice, backend))
    assert len(backend.rows()) == 1
    assert backend.objects() == []


async def test_a_tombstone_expires_after_a_week(backend: Backend, caller: Callers) -> None:
    alice = caller("alice")
    await alice.delete_thread((await alice.thread()).id)
    [tombstone] = backend.rows()
    days = (int(tombstone["expires_at"]["N"]) - backend.clock()) / 86_400
    assert 6.9 < days < 7.1


async def test_an_interrupted_deletion_hides_the_thread_and_a_repeat_finishes_it(
    engine: Engine, backend: Backend, caller: Callers
) -> None:
    alice, proxy = caller("alice"), FaultProxy(engine)
    thread_id = await large_thread(alice, backend)
    async with proxy.running() as proxied:
        with clients(proxied, PLAIN) as made:
            store = new_backend(made, backend.location, backend.clock).store
            for cut in range(1, 100):
                proxy.follow(after(cut))
                try:
                    await store.delete_thread(thread_id, request_of("alice"))
                    break
                except StoreUnavailable:
                    assert await all_threads(alice) == []
                    assert await all_items(alice, thread_id) == []
    assert len(backend.rows()) == 1


async def test_unprocessed_deletes_of_a_batch_are_repeated(
    engine: Engine, backend: Backend, caller: Callers
) -> None:
    alice, proxy = caller("alice"), FaultProxy(engine)
    thread_id = await large_thread(alice, backend)
    proxy.follow(lambda number: Fault.HALF_DONE)
    async with proxy.running() as proxied:
        with clients(proxied, PLAIN) as made:
            store = new_backend(made, backend.location, backend.clock).store
            await store.delete_thread(thread_id, request_of("alice"))
    assert len(backend.rows()) == 1


async def test_rows_are_deleted_in_batches(
    engine: Engine, backend: Backend, caller: Callers
) -> None:
    alice, proxy = caller("alice"), FaultProxy(engine)
    thread_id = await large_thread(alice, backend)
    async with proxy.running() as proxied:
        with clients(proxied, PLAIN) as made:
            store = new_backend(made, backend.location, backend.clock).store
            proxy.follow(no_fault)
            await store.delete_thread(thread_id, request_of("alice"))
    # 25 rows in each batch, and one batch for the thread's own row.
    assert proxy.requests.count("BatchWriteItem") <= (MANY + 10) / 25 + 1 + 1
    assert "DeleteItem" not in proxy.requests
    assert len(backend.rows()) == 1, "the tombstone"


async def test_the_items_after_one_are_deleted_with_their_turns(
    backend: Backend, caller: Callers
) -> None:
    alice = caller("alice")
    thread = await alice.thread()
    items = await alice.say(thread, *map(str, range(MANY)))
    for item in (items[1], items[2]):
        await backend.transcript.save(
            thread.id, item.id, [{"content": item.id}], request_of("alice")
        )
    await backend.transcript.take_back(
        thread.id, items[1].id, [{"content": "stopped"}], request_of("alice")
    )
    assert await all_items(alice, thread.id) == items[:2]
    turns = (
        await backend.transcript.before(thread.id, alice.mint(), 10_000, request_of("alice"))
    ).turns
    assert turns == [{"content": "stopped"}]


async def test_the_items_after_an_imported_one_are_deleted(
    backend: Backend, caller: Callers
) -> None:
    alice = caller("alice")
    thread = await alice.thread()
    items: list[AssistantMessageItem] = []
    for number in range(4):
        backend.clock.advance(seconds=1)
        items.append(alice.message(thread, id=f"imported {number}"))
        await alice.add(thread.id, items[-1])
    backend.clock.advance(seconds=1)
    await alice.say(thread, "minted")
    await backend.transcript.take_back(thread.id, "imported 1", [], request_of("alice"))
    assert await all_items(alice, thread.id) == items[:2]
