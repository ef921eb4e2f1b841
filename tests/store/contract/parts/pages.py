"""Pages of items lose and repeat nothing, even while items are added and deleted."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from tests.store.contract.paging import all_items
from tests.store.contract.parts.part import Part
from tests.store.contract.user_store import Caller, Order

type Alice = Caller[Any]

ORDERS: list[Order] = ["asc", "desc"]


class PageContract(Part):
    @pytest.mark.parametrize("limit", [1, 2, 3, 5, 6])
    async def test_items_are_listed_in_both_orders(self, alice: Alice, limit: int) -> None:
        thread = await alice.thread()
        items = await alice.say(thread, *"abcde")
        assert await all_items(alice, thread.id, limit, "asc") == items
        assert await all_items(alice, thread.id, limit, "desc") == items[::-1]

    @pytest.mark.parametrize("limit", [1, 2, 7])
    async def test_imported_items_of_the_same_time_keep_one_order(
        self, alice: Alice, limit: int
    ) -> None:
        thread = await alice.thread()
        items = [alice.message(thread, id=f"same_{number}") for number in range(7)]
        for item in items:
            await alice.add(thread.id, item)
        up = [item.id for item in await all_items(alice, thread.id, limit, "asc")]
        down = [item.id for item in await all_items(alice, thread.id, limit, "desc")]
        assert sorted(up) == [item.id for item in items]
        assert down == up[::-1]

    async def test_a_page_has_its_last_items_id_and_whether_more_items_follow(
        self, alice: Alice
    ) -> None:
        thread = await alice.thread()
        items = await alice.say(thread, *"abc")
        page = await alice.load_items(thread.id, 2)
        assert (page.after, page.has_more) == (items[1].id, True)
        for limit in (3, 4):
            assert not (await alice.load_items(thread.id, limit)).has_more
        assert not (await alice.load_items(thread.id, 1, page.after)).has_more

    @pytest.mark.parametrize("order", ORDERS)
    async def test_nothing_comes_after_the_last_item(self, alice: Alice, order: Order) -> None:
        thread = await alice.thread()
        await alice.say(thread, *"abc")
        last = (await alice.load_items(thread.id, order=order)).data[-1]
        page = await alice.load_items(thread.id, 2, last.id, order)
        assert (page.data, page.has_more) == ([], False)

    @pytest.mark.parametrize("order", ORDERS)
    async def test_a_listing_continues_after_a_deleted_item(
        self, alice: Alice, order: Order
    ) -> None:
        thread = await alice.thread()
        await alice.say(thread, *"abcd")
        items = await all_items(alice, thread.id, order=order)
        page = await alice.load_items(thread.id, 2, order=order)
        await alice.delete(thread.id, items[1].id)
        rest = await alice.load_items(thread.id, 2, page.after, order)
        assert rest.data == items[2:]

    async def test_an_item_added_while_paging_up_is_listed_once(self, alice: Alice) -> None:
        thread = await alice.thread()
        items = await alice.say(thread, *"abc")
        first = await alice.load_items(thread.id, 2)
        items += await alice.say(thread, "d")
        rest = await alice.load_items(thread.id, 2, first.after)
        assert first.data + rest.data == items

    async def test_an_item_added_while_paging_down_is_not_listed(self, alice: Alice) -> None:
        thread = await alice.thread()
        items = await alice.say(thread, *"abc")
        first = await alice.load_items(thread.id, 2, order="desc")
        await alice.say(thread, "d")
        rest = await alice.load_items(thread.id, 2, first.after, "desc")
        assert first.data + rest.data == items[::-1]

    @pytest.mark.parametrize("order", ORDERS)
    async def test_a_listing_continues_after_an_imported_item(
        self, alice: Alice, order: Order
    ) -> None:
        thread = await alice.thread()
        for number in range(4):
            created_at = alice.now() - timedelta(hours=number)
            item = alice.message(thread, id=f"other {number}", created_at=created_at)
            await alice.add(thread.id, item)
        items = await all_items(alice, thread.id, order=order)
        for before, after in pairwise(items):
            assert (await alice.load_items(thread.id, 1, before.id, order)).data == [after]

    async def test_hundreds_of_items_are_listed(self, alice: Alice) -> None:
        thread = await alice.thread()
        items = await alice.say(thread, *map(str, range(230)))
        assert await all_items(alice, thread.id, 1000, "asc") == items
        assert await all_items(alice, thread.id, 100, "desc") == items[::-1]
