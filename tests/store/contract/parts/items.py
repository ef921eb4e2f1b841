"""Items of every type are added, saved and read."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from chatkit.store import NotFoundError
from chatkit.types import ThreadItem, ThreadMetadata, Workflow, WorkflowItem

from tests.store.contract.paging import all_items
from tests.store.contract.parts.every_item import EVERY_ITEM
from tests.store.contract.parts.part import Part, hostile
from tests.store.contract.user_store import Caller

type Alice = Caller[Any]


def instant(item: ThreadItem) -> datetime:
    return item.created_at.astimezone(UTC)


def workflow(alice: Alice, thread: ThreadMetadata) -> WorkflowItem:
    return WorkflowItem(
        id=alice.mint("workflow"),
        thread_id=thread.id,
        created_at=alice.now(),
        workflow=Workflow(type="reasoning", tasks=[]),
    )


class ItemContract(Part):
    @pytest.mark.parametrize("make", EVERY_ITEM, ids=lambda make: make.__name__)
    async def test_an_item_is_read_as_it_was_added(
        self, alice: Alice, make: Callable[[Alice, ThreadMetadata], ThreadItem]
    ) -> None:
        thread = await alice.thread()
        item = make(alice, thread)
        await alice.add(thread.id, item)
        for read in [await alice.load(thread.id, item.id), *await all_items(alice, thread.id)]:
            # The SDK subtracts a workflow's time from a naive one, so it may be naive.
            assert instant(read) == instant(item)
            assert read.model_copy(update={"created_at": item.created_at}) == item

    async def test_an_item_is_visible_as_soon_as_it_is_written(self, alice: Alice) -> None:
        thread = await alice.thread()
        said = list[ThreadItem]()
        for number in range(4):
            said += await alice.say(thread, str(number))
            assert await all_items(alice, thread.id) == said
            last = await alice.load_items(thread.id, 2, order="desc")
            assert last.data == said[::-1][:2]
            assert await alice.load(thread.id, said[-1].id) == said[-1]

    async def test_a_saved_item_replaces_the_one_with_its_id(self, alice: Alice) -> None:
        thread = await alice.thread()
        before, other = await alice.say(thread, "before", "other")
        after = alice.message(thread, "after", id=before.id)
        await alice.save(thread.id, after)
        assert await alice.load(thread.id, before.id) == after
        assert await all_items(alice, thread.id) == [after, other]

    async def test_saving_a_missing_item_adds_it(self, alice: Alice) -> None:
        thread = await alice.thread()
        item = alice.message(thread)
        await alice.save(thread.id, item)
        assert await all_items(alice, thread.id) == [item]

    async def test_a_later_save_does_not_move_an_item(self, alice: Alice) -> None:
        thread = await alice.thread()
        items = await alice.say(thread, "one", "two", "three")
        later = {"created_at": alice.now() + timedelta(days=1)}
        await alice.save(thread.id, items[0].model_copy(update=later))
        assert [item.id for item in await all_items(alice, thread.id)] == [i.id for i in items]

    async def test_adding_the_same_item_again_succeeds(self, alice: Alice) -> None:
        thread = await alice.thread()
        [item] = await alice.say(thread, "hello")
        await alice.add(thread.id, item)
        assert await all_items(alice, thread.id) == [item]

    async def test_adding_another_item_with_the_same_id_is_refused(self, alice: Alice) -> None:
        thread = await alice.thread()
        [item] = await alice.say(thread, "hello")
        with pytest.raises(ValueError, match=item.id):
            await alice.add(thread.id, alice.message(thread, "other", id=item.id))
        assert await all_items(alice, thread.id) == [item]

    async def test_a_continued_workflow_can_be_added_again(self, alice: Alice) -> None:
        thread = await alice.thread()
        item = workflow(alice, thread)
        await alice.add(thread.id, item)
        item.workflow.expanded = True
        await alice.add(thread.id, item)
        [read] = await all_items(alice, thread.id)
        assert isinstance(read, WorkflowItem)
        assert read.workflow.expanded

    async def test_changing_an_added_or_read_item_does_not_change_the_store(
        self, alice: Alice
    ) -> None:
        thread = await alice.thread()
        item = alice.message(thread, "kept")
        kept = item.model_copy(deep=True)
        await alice.add(thread.id, item)
        item.content[0].text = "changed"
        for read in [await alice.load(thread.id, item.id), *await all_items(alice, thread.id)]:
            assert read == kept
            read.thread_id = "changed"
            read.created_at += timedelta(days=1)
        assert await all_items(alice, thread.id, order="desc") == [kept]
        assert await alice.load(thread.id, item.id) == kept

    async def test_an_unknown_item_is_not_found(self, alice: Alice) -> None:
        thread = await alice.thread()
        missing = alice.mint()
        with pytest.raises(NotFoundError, match=missing):
            await alice.load(thread.id, missing)

    async def test_an_item_is_not_found_in_another_thread(self, alice: Alice) -> None:
        thread, other = await alice.thread(), await alice.thread()
        [item] = await alice.say(thread, "hello")
        with pytest.raises(NotFoundError):
            await alice.load(other.id, item.id)
        await alice.delete(other.id, item.id)
        assert await all_items(alice, other.id) == []
        assert await all_items(alice, thread.id) == [item]

    @hostile
    async def test_an_item_may_have_any_id(self, alice: Alice, hostile: str) -> None:
        thread = await alice.thread(id=hostile)
        items = [
            alice.message(thread, id=each, created_at=alice.now() + timedelta(hours=number))
            for number, each in enumerate([hostile, hostile + "0", hostile + "#"])
        ]
        for item in items:
            await alice.add(thread.id, item)
            await alice.add(thread.id, item)
        assert await all_items(alice, thread.id, 1, "asc") == items
        assert await all_items(alice, thread.id, 2, "desc") == items[::-1]
        await alice.save(thread.id, items[0])
        assert await alice.load(thread.id, hostile) == items[0]
        await alice.delete(thread.id, hostile)
        assert await all_items(alice, thread.id, 1) == items[1:]

    async def test_imported_items_are_listed_by_their_time(self, alice: Alice) -> None:
        thread = await alice.thread()
        [own] = await alice.say(thread, "today")
        days = [timedelta(days=number) for number in (1, 3, 2)]
        imported = [
            alice.message(thread, id=f"other_{number}", created_at=alice.now() - ago)
            for number, ago in enumerate(days)
        ]
        for item in imported:
            await alice.add(thread.id, item)
        by_time = [imported[1], imported[2], imported[0], own]
        assert await all_items(alice, thread.id, 1, "asc") == by_time
        assert await all_items(alice, thread.id, 3, "desc") == by_time[::-1]
