"""Rules for writes: threads and items are saved, added, deleted and corrupted."""

from datetime import timedelta
from typing import Any

from chatkit.store import NotFoundError
from chatkit.types import AssistantMessageItem, ThreadMetadata
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from tests.store.property.ids import item_ids, thread_ids
from tests.store.property.model import RETENTION, Kept
from tests.store.property.shared_state import USERS, SharedState, picks, threads, users

MOST_THREADS, MOST_ITEMS = 3, 6
texts = st.sampled_from(["one", "two"])
laters = st.sampled_from([1, 1, 0])
ages = st.lists(st.sampled_from([0, 1, 1, 100_000]), min_size=10, max_size=10)


class WriteRules(SharedState):
    @initialize(threads=thread_ids, items=item_ids, ages=ages)
    def choose_ids(self, threads: list[str], items: list[str], ages: list[int]) -> None:
        self.thread_ids, self.item_ids = [*threads], [*items]
        for id, age in zip([*threads, *items], ages, strict=False):
            self.times.setdefault(id, self.clock.date() - timedelta(seconds=age))
        for user in USERS:
            self.begin(user)

    def begin(self, user: str) -> None:
        """Store what each run begins with."""
        for thread in range(len(self.thread_ids)):
            self._converse(user, thread, "one")

    @rule(user=users, process=picks)
    def come_back(self, user: str, process: int) -> None:
        """Start the user's next request, with an empty cache."""
        self.begin_request(user, process)

    @rule(thread=st.booleans(), process=picks)
    def mint(self, thread: bool, process: int) -> None:
        ids, most = (self.thread_ids, MOST_THREADS) if thread else (self.item_ids, MOST_ITEMS)
        if len(ids) < most:
            store = self.processes[process % len(self.processes)].store
            ids.append(store.mint("thread" if thread else "message"))
            self.times[ids[-1]] = self.clock.date()

    @rule(hours=st.sampled_from([1, 200, 500, 750]))
    def time_goes_on(self, hours: int) -> None:
        self.clock.advance(hours=hours)
        self.begin_requests()

    @rule(user=users, pick=threads, title=texts, later=laters)
    def save_thread(self, user: str, pick: int, title: str, later: int) -> None:
        self._save_thread(user, pick, title, later)

    def _save_thread(self, user: str, pick: int, title: str, later: int = 0) -> None:
        id, model = self.thread_id(pick), self.model[user]
        # The first save fixes the position. Later ones may have another time.
        created_at = self.times[id] + timedelta(days=later if model.thread(id, self.now) else 0)
        thread = ThreadMetadata(id=id, created_at=created_at, title=f"{title} {user}")
        outcome = self.outcome(self.caller(user).save_thread(thread))
        if id in model.deleted:
            assert isinstance(outcome, NotFoundError), "a deleted thread was brought back"
            return
        assert outcome is None
        model.threads[id] = Kept(thread, self.now + RETENTION)
        self.add_to_order(id, user)

    @rule(user=users, pick=threads)
    def delete_thread(self, user: str, pick: int) -> None:
        id, model = self.thread_id(pick), self.model[user]
        outcome = self.outcome(self.caller(user).delete_thread(id))
        if id not in model.threads and id not in model.deleted:
            assert isinstance(outcome, NotFoundError)
            return
        # An expired thread may be gone already.
        expected = (None,) if model.thread(id, self.now) else (None, NotFoundError)
        assert outcome is None or type(outcome) in expected
        if outcome is None:
            model.deleted.add(id)
            model.threads.pop(id, None)
            model.items.pop(id, None)

    @rule(user=users, thread=threads, item=picks, text=texts)
    def add(self, user: str, thread: int, item: int, text: str) -> None:
        self._add(user, thread, item, text)

    def _add(self, user: str, thread: int, item: int, text: str) -> None:
        thread_id, id = self.thread_id(thread), self.item_id(item)
        message = self.message(user, thread_id, id, text)
        outcome = self.outcome(self.caller(user).add(thread_id, message))
        there = self.model[user].item(thread_id, id, self.now)
        if self._refused(user, thread_id, outcome):
            return
        if there is None:
            assert outcome is None
            self._keep(user, thread_id, message)
        elif there.readable and there.value == message:
            assert outcome is None, "the same again is a success"
        else:
            assert isinstance(outcome, ValueError), "another item was overwritten"

    @rule(user=users, thread=threads, text=texts)
    def converse(self, user: str, thread: int, text: str) -> None:
        """Save a thread with an item for every id."""
        self._converse(user, thread, text)

    def _converse(self, user: str, thread: int, text: str) -> None:
        self._save_thread(user, thread, text)
        for item in range(len(self.item_ids)):
            self._add(user, thread, item, text)

    @rule(user=users, thread=threads, item=picks, text=texts, later=laters)
    def save(self, user: str, thread: int, item: int, text: str, later: int) -> None:
        self._save(user, thread, item, text, later)

    def _save(self, user: str, thread: int, item: int, text: str, later: int = 0) -> None:
        thread_id, id = self.thread_id(thread), self.item_id(item)
        message = self.message(user, thread_id, id, text)
        if self.model[user].item(thread_id, id, self.now):
            message.created_at += timedelta(days=later)
        outcome = self.outcome(self.caller(user).save(thread_id, message))
        if not self._refused(user, thread_id, outcome):
            assert outcome is None
            self._keep(user, thread_id, message)

    @rule(user=users, thread=threads, item=picks)
    def delete(self, user: str, thread: int, item: int) -> None:
        thread_id, id = self.thread_id(thread), self.item_id(item)
        outcome = self.outcome(self.caller(user).delete(thread_id, id))
        if not self._refused(user, thread_id, outcome):
            assert outcome is None
            self.kept(user, thread_id).pop(id, None)

    @rule(user=users, thread=threads, item=picks)
    def spoil(self, user: str, thread: int, item: int) -> None:
        """Corrupt an item's row."""
        thread_id, id = self.thread_id(thread), self.item_id(item)
        there = self.model[user].item(thread_id, id, self.now)
        if there is None or not there.readable:
            return
        assert isinstance(there.value, AssistantMessageItem)
        text = f'"{there.value.content[0].text}"'
        rows = [row for row in self.processes[0].rows() if text in _body(row)]
        for row in rows:
            self.processes[0].put(row | {"body": {"S": "{"}})
            there.readable = False
        self.begin_requests()

    def _refused(self, user: str, thread_id: str, outcome: object) -> bool:
        """Return whether a write was refused because its thread is missing, as a store may do."""
        gone = isinstance(outcome, NotFoundError)
        assert not gone or not self.model[user].thread(thread_id, self.now)
        return gone

    def _keep(self, user: str, thread_id: str, message: Any) -> None:
        self.kept(user, thread_id)[message.id] = Kept(message, self.now + RETENTION)
        self.add_to_order(message.id, user, thread_id)


def _body(row: dict[str, Any]) -> str:
    return str(row.get("body", {}).get("S", ""))
