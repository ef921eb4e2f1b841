"""Concurrent writes lose nothing, and all readers see the same order."""

import asyncio

from chat_api.request_context import RequestContext
from tests.store.contract.backend import Backend, new_backend, request_of
from tests.store.contract.paging import all_items, all_threads
from tests.store.contract.user_store import Caller

WRITERS = 16
EACH = 5


def callers(backend: Backend) -> list[Caller[RequestContext]]:
    """Return one user's callers in several processes of the function."""

    def in_a_process() -> Caller[RequestContext]:
        process = new_backend(backend.clients, backend.location, backend.clock)
        return Caller(process.store, lambda: request_of("alice"), backend.clock.date)

    return [in_a_process() for _ in range(WRITERS)]


async def test_concurrent_writers_in_one_thread_lose_no_item(backend: Backend) -> None:
    writers = callers(backend)
    thread = await writers[0].thread()

    async def write(number: int, writer: Caller[RequestContext]) -> list[str]:
        said = await writer.say(thread, *(f"{number} {each}" for each in range(EACH)))
        await writer.save_thread(thread)
        return [item.id for item in said]

    written = await asyncio.gather(*(write(*each) for each in enumerate(writers)))
    up = [item.id for item in await all_items(writers[0], thread.id, 7)]
    down = [item.id for item in await all_items(writers[1], thread.id, 100, "desc")]
    assert sorted(up) == sorted(id for ids in written for id in ids)
    assert down == up[::-1]
    for ids in written:
        assert [id for id in up if id in ids] == ids, "each writer's items keep their order"


async def test_threads_started_concurrently_by_one_user_are_all_kept(backend: Backend) -> None:
    writers = callers(backend)

    async def begin(number: int, writer: Caller[RequestContext]) -> str:
        thread = await writer.thread(str(number))
        await writer.say(thread, *map(str, range(EACH)))
        return thread.id

    begun = await asyncio.gather(*(begin(*each) for each in enumerate(writers)))
    up = await all_threads(writers[0], 3)
    assert sorted(thread.id for thread in up) == sorted(begun)
    assert await all_threads(writers[1], 100, "desc") == up[::-1]
    for thread in up:
        assert len(await all_items(writers[0], thread.id)) == EACH


async def test_concurrent_additions_of_one_item_succeed_and_store_it_once(
    backend: Backend,
) -> None:
    writers = callers(backend)
    thread = await writers[0].thread()
    for id in (writers[0].mint(), "imported"):
        item = writers[0].message(thread, id=id)
        await asyncio.gather(*(writer.add(thread.id, item) for writer in writers))
        assert [each for each in await all_items(writers[0], thread.id) if each.id == id] == [item]


async def test_concurrent_deletions_of_a_thread_leave_only_its_tombstone(backend: Backend) -> None:
    writers = callers(backend)
    thread = await writers[0].thread()
    await writers[0].say(thread, *map(str, range(30)))
    await asyncio.gather(*(writer.delete_thread(thread.id) for writer in writers))
    assert await all_threads(writers[0]) == []
    assert len(backend.rows()) == 1, "the tombstone"
