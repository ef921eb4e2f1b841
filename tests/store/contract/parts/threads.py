"""Threads are saved, changed and listed."""

from datetime import UTC, timedelta
from typing import Any

import pytest
from chatkit.store import NotFoundError
from chatkit.types import LockedStatus, Page, Thread, ThreadMetadata

from tests.store.contract.paging import all_items, all_threads
from tests.store.contract.parts.part import Part, hostile
from tests.store.contract.user_store import Caller

type Alice = Caller[Any]


class ThreadContract(Part):
    async def test_a_thread_is_read_as_it_was_saved(self, alice: Alice) -> None:
        thread = ThreadMetadata(
            id=alice.mint("thread"),
            created_at=alice.now(),
            title="Groceries \U0001f9fe",
            status=LockedStatus(reason="too long"),
            allowed_image_domains=["example.org"],
            metadata={"a": [1, {"b": None}]},
        )
        await alice.save_thread(thread)
        assert await alice.load_thread(thread.id) == thread

    async def test_a_later_save_replaces_a_thread(self, alice: Alice) -> None:
        thread = await alice.thread("before")
        await alice.save_thread(thread.model_copy(update={"title": "after"}))
        assert (await alice.load_thread(thread.id)).title == "after"
        assert [each.title for each in await all_threads(alice)] == ["after"]

    async def test_a_thread_with_items_is_saved_without_them(self, alice: Alice) -> None:
        thread = await alice.thread()
        full = Thread(**thread.model_dump(), items=Page(data=[alice.message(thread)]))
        await alice.save_thread(full)
        assert type(await alice.load_thread(thread.id)) is ThreadMetadata
        assert await all_items(alice, thread.id) == []

    async def test_a_time_without_a_zone_is_the_machines_local_time(self, alice: Alice) -> None:
        naive = alice.now().astimezone().replace(tzinfo=None)
        thread = await alice.thread(created_at=naive)
        read = await alice.load_thread(thread.id)
        assert read.created_at.astimezone(UTC) == alice.now()

    async def test_changing_a_saved_or_read_thread_does_not_change_the_store(
        self, alice: Alice
    ) -> None:
        thread = await alice.thread("kept")
        thread.title = "changed"
        read = await alice.load_thread(thread.id)
        read.title = "changed"
        (await alice.load_threads()).data[0].title = "changed"
        assert (await alice.load_thread(thread.id)).title == "kept"

    async def test_an_unknown_thread_is_not_found(self, alice: Alice) -> None:
        missing = alice.mint("thread")
        with pytest.raises(NotFoundError, match=f"^Thread {missing} not found$"):
            await alice.load_thread(missing)

    @pytest.mark.parametrize("limit", [1, 2, 3, 5, 6])
    async def test_threads_are_listed_in_both_orders(self, alice: Alice, limit: int) -> None:
        threads = [await alice.thread(str(number)) for number in range(5)]
        assert await all_threads(alice, limit, "asc") == threads
        assert await all_threads(alice, limit, "desc") == threads[::-1]

    async def test_a_later_save_does_not_move_a_thread(self, alice: Alice) -> None:
        threads = [await alice.thread() for _ in range(3)]
        later = {"created_at": alice.now() + timedelta(days=1), "title": "changed"}
        await alice.save_thread(threads[0].model_copy(update=later))
        assert [thread.id for thread in await all_threads(alice)] == [t.id for t in threads]

    async def test_a_listing_continues_after_a_deleted_thread(self, alice: Alice) -> None:
        threads = [await alice.thread() for _ in range(4)]
        page = await alice.load_threads(limit=2)
        await alice.delete_thread(threads[1].id)
        rest = await alice.load_threads(after=page.after)
        assert rest.data == threads[2:]

    async def test_without_threads_the_page_is_empty(self, alice: Alice) -> None:
        page = await alice.load_threads()
        assert (page.data, page.has_more) == ([], False)

    @hostile
    async def test_a_thread_may_have_any_id(self, alice: Alice, hostile: str) -> None:
        hours = [timedelta(hours=number) for number in range(3)]
        ids = [hostile, hostile + "0", hostile + "#"]
        threads = [
            await alice.thread(id=each, created_at=alice.now() + later)
            for each, later in zip(ids, hours, strict=True)
        ]
        await alice.say(threads[0], "kept")
        assert await alice.load_thread(hostile) == threads[0]
        assert await all_threads(alice, 1, "asc") == threads
        assert await all_threads(alice, 2, "desc") == threads[::-1]
        assert await all_items(alice, ids[1]) == []
        await alice.delete_thread(hostile)
        assert await all_threads(alice) == threads[1:]

    async def test_imported_threads_are_listed_by_their_time(self, alice: Alice) -> None:
        today = alice.now()
        days = [timedelta(days=number) for number in (3, 1, 2)]
        threads = [
            await alice.thread(id=f"other_{number}", created_at=today - ago)
            for number, ago in enumerate(days)
        ]
        own = await alice.thread()
        by_time = [threads[0], threads[2], threads[1], own]
        assert await all_threads(alice, 2) == by_time
