"""Rules for turns that wait: asked, answered, passed over, written late, and deleted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Literal

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    StructuredInputFreeform,
    StructuredInputItem,
)
from hypothesis import strategies as st
from hypothesis.stateful import rule

from chat_api.request_context import RequestContext
from chat_api.store.items import ItemChanged
from chat_api.store.waiting_turns import HeldCall, WaitingTurn
from tests.store.contract.backend import Backend, request_of
from tests.store.property.model import RETENTION, Kept
from tests.store.property.shared_state import NewProcesses, picks, threads, users
from tests.store.property.write_rules import WriteRules

STOPPED = [{"stopped": True}]
MOST_QUESTIONS = 3
statuses: st.SearchStrategy[Literal["answered", "skipped"]] = st.sampled_from(
    ["answered", "skipped"]
)


@dataclass
class Asked:
    """A question, the message that began its turn, and the request that asked.

    `state` is what is stored of the turn while it waits; None when it waits no longer.
    """

    user: str
    began: AssistantMessageItem
    question: StructuredInputItem
    state: Kept[WaitingTurn] | None
    asking: tuple[Backend, RequestContext]


class QuestionRules(WriteRules):
    """Each rule takes one step, so the steps of other rules meet a question in every state."""

    def __init__(self, runner: asyncio.Runner, make: NewProcesses) -> None:
        super().__init__(runner, make)
        self.asked: dict[tuple[str, str], list[Asked]] = {}

    def begin(self, user: str) -> None:
        super().begin(user)
        self.ask(user, 0, 0)

    @rule(user=users, thread=threads, process=picks)
    def ask(self, user: str, thread: int, process: int) -> None:
        """Store a message, the state of its turn, and the question that the turn waits for."""
        thread_id, known = self.thread_id(thread), self._questions(user, thread)
        if not self.model[user].thread(thread_id, self.now) or len(known) == MOST_QUESTIONS:
            return
        backend, context = self.process(process), request_of(user)
        began, question = _message(thread_id, backend), _question(thread_id, backend)
        state = state_of(began.id, question.id)
        self.do(backend.store.add_thread_item(thread_id, began, context))
        self.do(backend.transcript.save_waiting(thread_id, state, context))
        self.do(backend.store.add_thread_item(thread_id, question, context))
        for item in (began, question):
            self.times[item.id] = self.clock.date()
            self._keep(user, thread_id, item)
        until = self.now + RETENTION
        known.append(Asked(user, began, question, Kept(state, until), (backend, context)))
        self.begin_requests()

    @rule(user=users, thread=threads, question=picks, process=picks, status=statuses)
    def reply(
        self,
        user: str,
        thread: int,
        question: int,
        process: int,
        status: Literal["answered", "skipped"],
    ) -> None:
        """Close a question in another request. Its turn goes on to wait until its end is stored."""
        asked = self._pick(user, thread, question)
        if asked is None or self._is_gone(asked) or self._stored(asked).status != "pending":
            return
        thread_id, store, context = (
            asked.question.thread_id,
            self.process(process).store,
            request_of(user),
        )
        closed = asked.question.model_copy(update={"status": status})
        assert self.do(store.load_item(thread_id, closed.id, context)) == asked.question
        self.do(store.replace_item(thread_id, closed, context))
        self._keep(user, thread_id, closed)
        self.begin_requests()

    @rule(user=users, thread=threads, question=picks, process=picks)
    def end_turn(self, user: str, thread: int, question: int, process: int) -> None:
        """Store the transcript of a turn whose message is still there."""
        asked = self._pick(user, thread, question)
        if asked is None or asked.began.id not in self._visible(asked):
            return
        transcript = self.process(process).transcript
        self.do(transcript.save(self.thread_id(thread), asked.began.id, STOPPED, request_of(user)))
        asked.state = None
        self.begin_requests()

    @rule(user=users, thread=threads, question=picks)
    def write_late(self, user: str, thread: int, question: int) -> None:
        """Late writes of the request that asked do not undo a reply."""
        asked = self._pick(user, thread, question)
        if asked is None or self._is_gone(asked):
            return
        (backend, context), thread_id = asked.asking, self.thread_id(thread)
        is_open = self._stored(asked).status == "pending"
        saving = self.do(_saved(backend.store.save_item(thread_id, asked.question, context)))
        assert saving == is_open, "a late write has undone a reply, or was refused without one"
        adding = self.outcome(backend.store.add_thread_item(thread_id, asked.question, context))
        assert isinstance(adding, ValueError) != is_open
        if is_open:
            self._keep(user, thread_id, asked.question)
        self.begin_requests()

    @rule(user=users, thread=threads, question=picks, message=st.booleans())
    def delete_part(self, user: str, thread: int, question: int, message: bool) -> None:
        """Delete the question, or the message together with the state of its turn."""
        asked = self._pick(user, thread, question)
        if asked is None or not self.model[user].thread(self.thread_id(thread), self.now):
            return
        item = asked.began if message else asked.question
        store = self.processes[0].store
        self.do(store.delete_thread_item(self.thread_id(thread), item.id, request_of(user)))
        self.kept(user, self.thread_id(thread)).pop(item.id, None)
        if message:
            asked.state = None
        self.begin_requests()

    def teardown(self) -> None:
        """Read every state once more at the end."""
        for questions in self.asked.values():
            for each in questions:
                self._check(each)
        super().teardown()

    def replaced_turns(self, user: str, thread_id: str, message_ids: list[str]) -> None:
        """Note that the turns of these messages were stored as ones that have ended."""
        for each in self.asked.get((user, thread_id), []):
            if each.began.id in message_ids:
                each.state = None

    def _check(self, asked: Asked) -> None:
        thread_id = asked.question.thread_id
        there, state = self.model[asked.user].thread(thread_id, self.now), asked.state
        waits = there is not None and state is not None and state.until > self.now
        found = self.do(
            self.processes[-1].transcript.waiting_turn(
                thread_id, asked.began.id, request_of(asked.user)
            )
        )
        assert found == (state.value if waits and state else None)

    def _questions(self, user: str, thread: int) -> list[Asked]:
        return self.asked.setdefault((user, self.thread_id(thread)), [])

    def _pick(self, user: str, thread: int, question: int) -> Asked | None:
        """Return a question, after a look at the states of all turns that wait in its thread."""
        known = self._questions(user, thread)
        for each in known:
            self._check(each)
        return known[question % len(known)] if known else None

    def _visible(self, asked: Asked) -> dict[str, object]:
        return {**self.model[asked.user].visible_items(asked.question.thread_id, self.now)}

    def _is_gone(self, asked: Asked) -> bool:
        return asked.question.id not in self._visible(asked)

    def _stored(self, asked: Asked) -> StructuredInputItem:
        stored = self._visible(asked)[asked.question.id]
        assert isinstance(stored, StructuredInputItem)
        return stored


async def _saved(saving: Awaitable[object]) -> bool:
    """Return whether an item was saved, and not refused because a reply is stored there."""
    try:
        await saving
    except ItemChanged:
        return False
    return True


def state_of(message_id: str, item_id: str) -> WaitingTurn:
    return WaitingTurn(message_id, item_id, STOPPED, [], [HeldCall("c1", "ask_user", {})])


def _message(thread_id: str, process: Backend) -> AssistantMessageItem:
    return AssistantMessageItem(
        id=process.store.mint("message"),
        thread_id=thread_id,
        created_at=process.clock.date(),
        content=[AssistantMessageContent(text="Add milk")],
    )


def _question(thread_id: str, process: Backend) -> StructuredInputItem:
    return StructuredInputItem(
        id=process.store.mint("message"),
        thread_id=thread_id,
        created_at=process.clock.date(),
        inputs=[StructuredInputFreeform(id="q1", question="?")],
    )
