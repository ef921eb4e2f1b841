"""Deleted threads and items are gone at once and stay gone."""

from contextlib import suppress
from typing import Any

import pytest
from chatkit.store import NotFoundError

from tests.store.contract.paging import all_items, all_threads
from tests.store.contract.parts.part import Part
from tests.store.contract.user_store import Caller

type Alice = Caller[Any]


class DeletionContract(Part):
    async def test_a_deleted_thread_is_gone_with_its_items(self, alice: Alice) -> None:
        thread, other = await alice.thread(), await alice.thread()
        [item] = await alice.say(thread, "gone")
        [kept] = await alice.say(other, "kept")
        await alice.delete_thread(thread.id)
        with pytest.raises(NotFoundError, match=f"^Thread {thread.id} not found$"):
            await alice.load_thread(thread.id)
        with pytest.raises(NotFoundError):
            await alice.load(thread.id, item.id)
        assert await all_items(alice, thread.id) == []
        assert await all_threads(alice) == [other]
        assert await all_items(alice, other.id) == [kept]

    async def test_deleting_a_thread_again_succeeds(self, alice: Alice) -> None:
        thread = await alice.thread()
        await alice.delete_thread(thread.id)
        await alice.delete_thread(thread.id)
        assert await all_threads(alice) == []

    async def test_deleting_an_unknown_thread_is_not_found(self, alice: Alice) -> None:
        missing = alice.mint("thread")
        with pytest.raises(NotFoundError, match=f"^Thread {missing} not found$"):
            await alice.delete_thread(missing)

    async def test_a_late_save_does_not_restore_a_thread(self, alice: Alice) -> None:
        thread = await alice.thread()
        await alice.delete_thread(thread.id)
        with pytest.raises(NotFoundError):
            await alice.save_thread(thread)
        with pytest.raises(NotFoundError):
            await alice.load_thread(thread.id)
        assert await all_threads(alice) == []

    async def test_a_late_save_by_a_request_that_read_the_thread_does_not_restore_it(
        self, alice: Alice
    ) -> None:
        thread, context = await alice.thread(), alice.context()
        late = Caller(alice.store, lambda: context, alice.now)
        read = await late.load_thread(thread.id)
        await alice.delete_thread(thread.id)
        with pytest.raises(NotFoundError):
            await late.save_thread(read.model_copy(update={"title": "late"}))
        assert await all_threads(alice) == []

    async def test_a_late_item_in_a_deleted_thread_is_never_shown(self, alice: Alice) -> None:
        thread = await alice.thread()
        item = alice.message(thread, "late")
        await alice.delete_thread(thread.id)
        for write in (alice.add, alice.save):
            # A store may refuse a late write or drop it.
            with suppress(NotFoundError):
                await write(thread.id, item)
            assert await all_items(alice, thread.id) == []
            with pytest.raises(NotFoundError):
                await alice.load(thread.id, item.id)

    async def test_an_unknown_thread_has_an_empty_page_of_items(self, alice: Alice) -> None:
        page = await alice.load_items(alice.mint("thread"))
        assert (page.data, page.has_more) == ([], False)

    async def test_a_deleted_item_is_gone(self, alice: Alice) -> None:
        thread = await alice.thread()
        first, second, third = await alice.say(thread, *"abc")
        await alice.delete(thread.id, second.id)
        with pytest.raises(NotFoundError):
            await alice.load(thread.id, second.id)
        assert await all_items(alice, thread.id) == [first, third]

    async def test_deleting_a_missing_item_succeeds(self, alice: Alice) -> None:
        thread = await alice.thread()
        [item] = await alice.say(thread, "a")
        await alice.delete(thread.id, item.id)
        await alice.delete(thread.id, item.id)
        await alice.delete(thread.id, "never was")
        assert await all_items(alice, thread.id) == []

    async def test_a_deleted_item_can_be_added_again(self, alice: Alice) -> None:
        thread = await alice.thread()
        [item] = await alice.say(thread, "a")
        await alice.delete(thread.id, item.id)
        changed = alice.message(thread, "b", id=item.id)
        await alice.add(thread.id, changed)
        assert await all_items(alice, thread.id) == [changed]

    async def test_a_thread_with_many_items_is_deleted(self, alice: Alice) -> None:
        thread = await alice.thread()
        await alice.say(thread, *map(str, range(60)))
        await alice.delete_thread(thread.id)
        assert await all_items(alice, thread.id) == []
