"""Rules for button presses, which replace an item and add a note, with interruptions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from chatkit.store import NotFoundError
from chatkit.types import AssistantMessageItem, ThreadMetadata
from hypothesis import strategies as st
from hypothesis.stateful import rule

from chat_api.model.input.hidden_context import hidden_message
from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.store.keys import is_note, thread_partition
from chat_api.store.rows import body, read_turn
from tests.store.contract.backend import Backend, request_of
from tests.store.property.question_rules import QuestionRules
from tests.store.property.shared_state import picks, threads, users
from tests.store.property.write_rules import texts

# A press makes six requests for minted ids.
moments = st.integers(0, 6)


class Interruption:
    """Runs `do` before one request of a client, or at the end if there are fewer requests."""

    def __init__(self, client: Any, moment: int, do: Callable[[], object]) -> None:
        self._events = client.meta.events
        self._left = moment
        self._do = do

    def __enter__(self) -> None:
        self._events.register("before-call.dynamodb", self._before)

    def __exit__(self, *_: object) -> None:
        self._events.unregister("before-call.dynamodb", self._before)
        if self._left >= 0:
            self._do()

    def _before(self, **_: object) -> None:
        self._left -= 1
        if self._left == -1:
            self._do()


class PressRules(QuestionRules):
    @rule(user=users, thread=threads, item=picks, text=texts, process=picks)
    def press(self, user: str, thread: int, item: int, text: str, process: int) -> None:
        """Press twice, which has the same effect as once."""
        thread_id, message = self._pressed(user, thread, item, text)
        there = message.id in self.model[user].visible_items(thread_id, self.now)
        for _ in range(2):
            outcome = self.outcome(press(self.process(process), user, message, text))
            assert (outcome is None) == there
        if there:
            self._keep(user, thread_id, message)
            newest = max(self._notes(user, thread_id))
            assert self._notes(user, thread_id)[newest].count(hidden_message(text)) == 1
        self.begin_request(user, 0)

    @rule(user=users, process=picks, moment=moments)
    def press_while_the_thread_is_deleted(self, user: str, process: int, moment: int) -> None:
        """Delete a thread during a press. No other rule uses this thread, which stays deleted."""
        store = self.processes[0].store
        thread = ThreadMetadata(id=store.mint("thread"), created_at=self.clock.date())
        item = AssistantMessageItem(
            id=store.mint("message"), thread_id=thread.id, created_at=self.clock.date(), content=[]
        )
        self.do(store.save_thread(thread, request_of(user)))
        self.do(store.add_thread_item(thread.id, item, request_of(user)))
        self._interrupted(
            press(self.process(process), user, item, "one"),
            moment,
            lambda: store.delete_thread(thread.id, request_of(user)),
        )
        assert self._rows(user, thread.id) == [], "a button left something in a deleted thread"

    @rule(user=users, process=picks, moment=moments, knows=st.booleans())
    def save_while_the_thread_is_deleted(
        self, user: str, process: int, moment: int, knows: bool
    ) -> None:
        """Delete a thread during a save by a request that has read the thread, or has not.

        No other rule uses this thread.
        """
        store, late = self.process(process).store, request_of(user)
        thread = ThreadMetadata(id=store.mint("thread"), created_at=self.clock.date())
        self.do(store.save_thread(thread, request_of(user)))
        if knows:
            self.do(store.load_thread(thread.id, late))
        self._interrupted(
            store.save_thread(thread.model_copy(update={"title": "late"}), late),
            moment,
            lambda: self.processes[0].store.delete_thread(thread.id, request_of(user)),
        )
        found = self.outcome(store.load_thread(thread.id, request_of(user)))
        assert isinstance(found, NotFoundError), "a deleted thread was brought back"

    @rule(user=users, thread=threads, item=picks, text=texts, process=picks, moment=moments)
    def press_while_a_message_is_answered_again(
        self, user: str, thread: int, item: int, text: str, process: int, moment: int
    ) -> None:
        """Retry during a press, which deletes everything after the thread's first item."""
        self._converse(user, thread, "one")
        thread_id, message = self._pressed(user, thread, item, text)
        kept = self.kept(user, thread_id)
        seen = self.model[user].visible_items(thread_id, self.now)
        if message.id not in seen or not all(each.readable for each in kept.values()):
            return
        store, transcript = self.processes[0].store, self.processes[0].transcript
        page = self.do(store.load_thread_items(thread_id, None, 1, "asc", request_of(user)))
        first = page.data[0].id
        self._interrupted(
            press(self.process(process), user, message, text),
            moment,
            lambda: transcript.take_back(thread_id, first, [], request_of(user)),
        )
        self.replaced_turns(user, thread_id, [*kept])
        for id in set(kept) - {first}:
            del kept[id]
        if message.id == first:
            self._keep(user, thread_id, message)
        self.begin_request(user, 0)

    def _pressed(
        self, user: str, thread: int, item: int, text: str
    ) -> tuple[str, AssistantMessageItem]:
        """Return the thread and the item as the button leaves it."""
        thread_id = self.thread_id(thread)
        return thread_id, self.message(user, thread_id, self.item_id(item), text)

    def _interrupted(
        self, doing: Awaitable[object], moment: int, work: Callable[[], Awaitable[object]]
    ) -> None:
        """Do something, and do the other work at a moment of it. The first may find nothing."""

        async def whole() -> None:
            await work()

        def interrupt() -> None:
            # In another thread, because an event loop is running in this one.
            with ThreadPoolExecutor(1) as other:
                other.submit(asyncio.run, whole()).result()

        client = self.processes[0].clients.dynamodb
        with Interruption(client, moment, interrupt):
            outcome = self.outcome(doing)
        assert outcome is None or isinstance(outcome, NotFoundError)

    def _rows(self, user: str, thread_id: str) -> list[dict[str, Any]]:
        partition = thread_partition(user, thread_id)
        return [row for row in self.processes[0].rows() if row["pk"]["S"] == partition]

    def _notes(self, user: str, thread_id: str) -> dict[str, list[Any]]:
        """Return the contents of the rows of notes by sort key."""
        rows = self._rows(user, thread_id)
        return {row["sk"]["S"]: read_turn(body(row)) for row in rows if is_note(row["sk"]["S"])}


async def press(backend: Backend, user: str, item: AssistantMessageItem, note: str) -> None:
    """Make the store calls of a button press in a new request."""
    store: DynamoStore = backend.store
    context: RequestContext = request_of(user)
    await store.load_item(item.thread_id, item.id, context)
    await store.replace_item(item.thread_id, item, context)
    await store.add_note(item.thread_id, note, context)
