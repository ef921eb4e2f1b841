"""Rules for turns: deleted during the answer, and answered again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import EndpointConnectionError
from chatkit.store import NotFoundError
from hypothesis import strategies as st
from hypothesis.stateful import rule

from chat_api.request_context import RequestContext
from chat_api.store.aws_calls import StoreUnavailable
from chat_api.store.keys import THREAD, thread_partition
from chat_api.store.snapshots import Snapshot
from chat_api.turn_state import TurnState
from chat_api.turns import lease
from chatcore.gate.admission import Requester
from tests.store.contract.backend import Backend, request_of
from tests.store.contract.paging import all_items
from tests.store.property.question_rules import STOPPED, QuestionRules, state_of
from tests.store.property.shared_state import picks, threads, users

# Greater than every minted id.
END_OF_TIME = f"msg_{'7' + 'z' * 25}"
EVERYTHING = 1_000_000
# Whether the turn, rather than the deletion, takes the next step.
schedules = st.lists(st.booleans(), min_size=10, max_size=10)

type Step = Callable[[], Awaitable[object]]


class TurnRules(QuestionRules):
    @rule(user=users, thread=threads, item=picks, schedule=schedules, polls=st.booleans())
    def delete_while_answered(
        self, user: str, thread: int, item: int, schedule: list[bool], polls: bool
    ) -> None:
        """In any order of their steps, only the moved tombstone is left."""
        thread_id = self.thread_id(thread)
        if not self.model[user].thread(thread_id, self.now):
            return
        context = RequestContext(
            user, None, TurnState(self.processes[0].store.mint_turn(), thread_id)
        )
        turn = self._turn(self.processes[0], context, self.item_id(item), polls)
        deletion = self._deletion(self.processes[-1], user, thread_id)
        # From here on, the turn has read the thread and does not know of its deletion.
        self.do(next(turn)())
        self.do(next(turn)())
        for is_turn in [*schedule, *[True] * 10, *[False] * 10]:
            if step := next(turn if is_turn else deletion, None):
                self._run_step(step)
        partition = thread_partition(user, thread_id)
        left = [row["sk"]["S"] for row in self.processes[0].rows() if row["pk"]["S"] == partition]
        assert left == [], "rows of a deleted thread, which no user can see or delete"
        assert self.gate.row(user).turns == []
        assert self._leftover_tombstones() == []
        self._forget(user, thread_id)

    @rule(user=users, thread=threads, dies_after=st.integers(0, 6), knows=st.booleans())
    def delete_and_die(self, user: str, thread: int, dies_after: int, knows: bool) -> None:
        """If a deletion's process dies at any request, a late save still restores nothing."""
        thread_id = self.thread_id(thread)
        before = self.model[user].thread(thread_id, self.now)
        if not before:
            return
        store, late, again = self.processes[0].store, request_of(user), request_of(user)
        if knows:
            self.do(store.load_thread(thread_id, late))
        with self._dying(dies_after) as is_dead:
            try:
                self.do(store.delete_thread(thread_id, request_of(user)))
            except StoreUnavailable:
                assert is_dead()
        is_hidden = isinstance(self.outcome(store.load_thread(thread_id, again)), NotFoundError)
        assert is_hidden or is_dead()
        changed = before.model_copy(update={"title": f"late {user}"})
        saving = self.outcome(store.save_thread(changed, late))
        assert isinstance(saving, NotFoundError) == is_hidden, "a deleted thread was brought back"
        assert self.outcome(store.delete_thread(thread_id, request_of(user))) is None
        assert self._leftover_tombstones() == []
        self._forget(user, thread_id)

    def _leftover_tombstones(self) -> list[dict[str, Any]]:
        """Return the tombstones of finished deletions that a listing of threads would read."""
        rows = self.processes[0].rows()
        return [row for row in rows if row["sk"]["S"].startswith(THREAD) and "deleted" in row]

    def _forget(self, user: str, thread_id: str) -> None:
        self.model[user].deleted.add(thread_id)
        self.model[user].threads.pop(thread_id, None)
        self.model[user].items.pop(thread_id, None)
        self.begin_requests()

    def _turn(
        self, process: Backend, context: RequestContext, item_id: str, polls: bool
    ) -> Iterator[Step]:
        thread_id, store = context.turn.thread_id or "", process.store
        message = self.message(context.user, thread_id, item_id, "answer")
        running = Snapshot(context.turn.id, "so far", self.now, self.now + 60)
        opened = self.gate.open_turn(
            Requester(context.user, None), thread_id, context.turn.id, seconds=30
        )
        asked_to_stop = lease.StopCheck(self.gate, opened, context)

        async def close() -> None:
            async with lease.closing(self.gate, store, opened, context):
                pass

        yield lambda: store.load_thread(thread_id, context)
        yield lambda: store.load_thread_items(thread_id, None, 9, "desc", context)
        yield lambda: store.save_item(thread_id, message, context)
        yield lambda: process.store.snapshots.write(thread_id, running, context)
        if polls:
            yield asked_to_stop
        yield lambda: process.transcript.save_waiting(
            thread_id, state_of(item_id, item_id), context
        )
        yield lambda: process.transcript.save(thread_id, item_id, STOPPED, context)
        yield lambda: store.save_item(thread_id, message, context)
        yield close

    def _deletion(self, process: Backend, user: str, thread_id: str) -> Iterator[Step]:
        is_running = False

        async def mark() -> None:
            nonlocal is_running
            is_running = self.gate.mark_deleted(user, thread_id)

        yield lambda: process.store.hide_thread(thread_id, request_of(user))
        yield mark
        yield lambda: process.store.delete_thread_rows(thread_id, request_of(user))
        if not is_running:
            yield lambda: process.store.move_tombstone(thread_id, request_of(user))

    def _run_step(self, step: Step) -> None:
        self.outcome(step())

    @rule(user=users, thread=threads, item=picks, dies_after=st.integers(0, 9))
    def answer_again(self, user: str, thread: int, item: int, dies_after: int) -> None:
        """If the process dies at any request, the model still gets the turns that the user sees."""
        thread_id = self.thread_id(thread)
        kept = self.kept(user, thread_id).values()
        before = self._seen(user, thread_id)
        if not before or not all(each.readable for each in kept if each.until > self.now):
            return
        for id in before:
            self.do(self._transcripts.save(thread_id, id, [{"turn": id}], request_of(user)))
        self.replaced_turns(user, thread_id, before)
        message = before[item % len(before)]
        with self._dying(dies_after) as is_dead:
            try:
                self.do(self._transcripts.take_back(thread_id, message, STOPPED, request_of(user)))
            except StoreUnavailable:
                assert is_dead()
        after, known = self._seen(user, thread_id), self._known(user, thread_id)
        up_to_it = before[: before.index(message) + 1]
        assert after == before[: len(after)], "something else than the newest is gone"
        assert up_to_it == after[: len(up_to_it)]
        done = STOPPED[0] in known
        assert after == up_to_it if done else is_dead()
        turns = {each.get("turn") for each in known}
        assert {id for id in before if id in turns} == {*after} - ({message} if done else set())
        for id in before[len(after) :]:
            self.kept(user, thread_id).pop(id)
        self.begin_requests()

    @property
    def _transcripts(self) -> Any:
        return self.processes[0].transcript

    def _seen(self, user: str, thread_id: str) -> list[str]:
        self.begin_request(user, 0)
        return [item.id for item in self.do(all_items(self.caller(user), thread_id, 100, "asc"))]

    def _known(self, user: str, thread_id: str) -> list[Any]:
        reading = self._transcripts.before(thread_id, END_OF_TIME, EVERYTHING, request_of(user))
        turns: list[Any] = self.do(reading).turns
        return turns

    @contextmanager
    def _dying(self, last: int) -> Iterator[Callable[[], bool]]:
        """Let the process die after this many requests within the block."""
        made = 0
        events = self.processes[0].clients.dynamodb.meta.events

        def count(**_: Any) -> None:
            nonlocal made
            made += 1
            if made > last:
                raise EndpointConnectionError(endpoint_url="dead")

        events.register("before-call.dynamodb", count, unique_id="dying")
        try:
            yield lambda: made > last
        finally:
            events.unregister("before-call.dynamodb", unique_id="dying")
