"""No user sees or changes another user's data."""

from collections.abc import Callable
from typing import Any

import pytest
from chatkit.store import NotFoundError

from tests.store.contract.paging import all_items, all_threads
from tests.store.contract.parts.part import Part, hostile
from tests.store.contract.user_store import Caller

type Alice = Caller[Any]


class IsolationContract(Part):
    async def test_another_users_thread_looks_missing(self, alice: Alice, bob: Alice) -> None:
        thread = await alice.thread()
        [item] = await alice.say(thread, "alice's")
        with pytest.raises(NotFoundError, match=f"^Thread {thread.id} not found$"):
            await bob.load_thread(thread.id)
        with pytest.raises(NotFoundError):
            await bob.load(thread.id, item.id)
        page = await bob.load_items(thread.id)
        assert (page.data, page.has_more) == ([], False)
        assert await all_threads(bob) == []

    async def test_another_user_changes_nothing(self, alice: Alice, bob: Alice) -> None:
        thread = await alice.thread("alice's")
        [item] = await alice.say(thread, "alice's")
        with pytest.raises(NotFoundError):
            await bob.delete_thread(thread.id)
        await bob.delete(thread.id, item.id)
        await bob.save_thread(thread.model_copy(update={"title": "bob's"}))
        await bob.save(thread.id, bob.message(thread, "bob's", id=item.id))
        await bob.delete_thread(thread.id)
        assert await alice.load_thread(thread.id) == thread
        assert await all_items(alice, thread.id) == [item]

    async def test_users_can_have_the_same_ids(self, alice: Alice, bob: Alice) -> None:
        for caller, text in ((alice, "alice's"), (bob, "bob's")):
            thread = await caller.thread(text, id="t")
            await caller.add("t", caller.message(thread, text, id="i"))
        for caller, text in ((alice, "alice's"), (bob, "bob's")):
            assert (await caller.load_thread("t")).title == text
            assert await all_items(caller, "t") == [caller.message(thread, text, id="i")]

    @hostile
    async def test_no_user_name_reaches_another_users_data(
        self, alice: Alice, caller: Callable[[str], Alice], hostile: str
    ) -> None:
        other = caller(hostile)
        alices_thread = await alice.thread(id="t")
        [item] = await alice.say(alices_thread, "alice's")
        assert await all_threads(other) == []
        assert await all_items(other, "t") == []
        others_thread = await other.thread(id="#t")
        await other.say(others_thread, "bob's")
        assert await all_threads(alice) == [alices_thread]
        assert await all_items(alice, "t") == [item]
        assert await all_items(alice, "#t") == []
