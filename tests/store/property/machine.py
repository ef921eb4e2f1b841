"""A state machine in which two users do anything, next to a model of what they must see."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from chatkit.store import NotFoundError
from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.store.contract.paging import all_items, all_threads
from tests.store.contract.user_store import Order as Direction
from tests.store.property.action_rules import PressRules
from tests.store.property.model import DAY, RETENTION
from tests.store.property.shared_state import USERS, NewProcesses, picks, threads, users
from tests.store.property.turn_rules import TurnRules

limits = st.sampled_from([1, 1, 2, 4])
directions = st.sampled_from(["asc", "desc"])


@dataclass(frozen=True)
class Cursor:
    """The point where a user stopped paging."""

    user: str
    thread_id: str
    direction: Direction
    last: str


class StoreMachine(PressRules, TurnRules):
    """All operations of two users. Everything that they read must match the model."""

    cursors: tuple[Cursor, ...] = ()

    @rule(user=users, pick=threads)
    def load_thread(self, user: str, pick: int) -> None:
        self._load_thread(user, pick)

    @rule(user=users, thread=threads)
    def grow_old(self, user: str, thread: int) -> None:
        """Let every other item of a thread in use expire."""
        self._converse(user, thread, "one")
        self.clock.advance(hours=500)
        self.begin_requests()
        self._load_thread(user, thread)
        for item in range(0, len(self.item_ids), 2):
            self._save(user, thread, item, "two")
        self.clock.advance(hours=300)
        self.begin_requests()

    def _load_thread(self, user: str, pick: int) -> None:
        id, model = self.thread_id(pick), self.model[user]
        outcome = self.outcome(self.caller(user).load_thread(id))
        thread = model.thread(id, self.now)
        if thread is None:
            assert isinstance(outcome, NotFoundError)
            return
        assert outcome == thread
        # Use extends the expiry, at most once a day.
        kept, until = model.threads[id], self.now + RETENTION
        kept.until = until if kept.until <= until - DAY else kept.until

    @rule(user=users, thread=threads, item=picks)
    def load_item(self, user: str, thread: int, item: int) -> None:
        thread_id, id = self.thread_id(thread), self.item_id(item)
        outcome = self.outcome(self.caller(user).load(thread_id, id))
        there = self.model[user].visible_items(thread_id, self.now).get(id)
        assert outcome == there if there else isinstance(outcome, NotFoundError)

    @rule(user=users, thread=threads, limit=limits, direction=directions)
    def list_items(self, user: str, thread: int, limit: int, direction: Direction) -> None:
        self._items(user, self.thread_id(thread), limit, direction)

    @rule(user=users, limit=limits, direction=directions)
    def list_threads(self, user: str, limit: int, direction: Direction) -> None:
        threads = self.do(all_threads(self.caller(user), limit, direction))
        seen = {thread.id: thread for thread in threads}
        assert seen == self.model[user].visible_threads(self.now)
        self._in_order([thread.id for thread in threads], direction, user)

    @rule(user=users, thread=threads, direction=directions, stop=picks)
    def begin_paging(self, user: str, thread: int, direction: Direction, stop: int) -> None:
        """Page through a thread and stop at an item."""
        ids = self._items(user, self.thread_id(thread), 100, direction)
        if ids:
            cursor = Cursor(user, self.thread_id(thread), direction, ids[stop % len(ids)])
            self.cursors = (*self.cursors[-3:], cursor)

    @rule(pick=picks, limit=limits)
    def go_on_paging(self, pick: int, limit: int) -> None:
        """Continue after that item, with any additions and deletions since."""
        if not self.cursors:
            return
        cursor = self.cursors[pick % len(self.cursors)]
        user, thread_id, last = cursor.user, cursor.thread_id, cursor.last
        ids = self._items(user, thread_id, 100, cursor.direction)
        page = self.outcome(self.caller(user).load_items(thread_id, limit, last, cursor.direction))
        if isinstance(page, NotFoundError | ValueError):
            assert last not in ids, "paging must continue after an existing item"
            return
        order = self.order(user, thread_id)
        after = {id: order.comes_after(id, last) for id in ids if id != last}
        if None in after.values():
            return
        rest = [id for id in after if after[id] == (cursor.direction == "asc")]
        assert [item.id for item in page.data] == rest[:limit]
        assert page.has_more == (len(rest) > limit)

    def teardown(self) -> None:
        """Read everything once more at the end."""
        self.begin_requests()
        for user in USERS if self.thread_ids else []:
            self.list_threads(user, 1, "asc")
            for thread_id in self.thread_ids:
                self._items(user, thread_id, 1, "desc")

    def _items(self, user: str, thread_id: str, limit: int, direction: Direction) -> list[str]:
        items = self.do(all_items(self.caller(user), thread_id, limit, direction))
        seen = {item.id: item for item in items}
        assert seen == self.model[user].visible_items(thread_id, self.now)
        self._in_order(list(seen), direction, user, thread_id)
        return list(seen)

    def _in_order(self, ids: list[str], direction: Direction, *listing: str) -> None:
        self.order(*listing).check(ids if direction == "asc" else ids[::-1])


def machine(runner: asyncio.Runner, make: NewProcesses) -> type[StoreMachine]:
    """Return the state machine for processes that `make` creates."""

    class Bound(StoreMachine):
        def __init__(self) -> None:
            super().__init__(runner, make)

    return Bound
