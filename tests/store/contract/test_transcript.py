"""The turns that the model receives."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from chatkit.store import NotFoundError

from chat_api.request_context import RequestContext
from tests.store.contract.backend import RETENTION_DAYS, Backend, request_of
from tests.store.contract.conversation import incompressible
from tests.store.contract.user_store import Caller

type Callers = Callable[[str], Caller[RequestContext]]
PLENTY = 10_000_000


class Turns:
    """A thread's turns, each started by a message."""

    def __init__(self, backend: Backend, alice: Caller[RequestContext], thread_id: str) -> None:
        self.backend = backend
        self.alice = alice
        self.thread_id = thread_id

    async def keep(self, text: str, message_id: str | None = None) -> str:
        message_id = message_id or self.alice.mint()
        turn = [{"role": "user", "content": text}]
        context = request_of("alice")
        await self.backend.transcript.save(self.thread_id, message_id, turn, context)
        return message_id

    async def texts(
        self, before: str | None = None, budget: int = PLENTY, user: str = "alice"
    ) -> list[str]:
        message_id = before or self.alice.mint()
        transcript = self.backend.transcript
        turns = (
            await transcript.before(self.thread_id, message_id, budget, request_of(user))
        ).turns
        return [item["content"] for item in turns]


@pytest.fixture
async def turns(backend: Backend, caller: Callers) -> Turns:
    alice = caller("alice")
    return Turns(backend, alice, (await alice.thread()).id)


async def test_turns_come_oldest_first_and_only_those_before_the_message(turns: Turns) -> None:
    texts = [str(number) for number in range(45)]
    messages = [await turns.keep(text) for text in texts]
    assert await turns.texts() == texts
    assert await turns.texts(before=messages[3]) == texts[:3]


async def test_the_newest_whole_turns_are_returned_within_the_budget(turns: Turns) -> None:
    for letter in "abcd":
        await turns.keep(letter * 1000)
    assert await turns.texts(budget=2500) == ["c" * 1000, "d" * 1000]
    assert await turns.texts(budget=900) == []


async def test_a_regenerated_turn_replaces_the_old_one(turns: Turns) -> None:
    message = await turns.keep("first")
    await turns.keep("again", message)
    assert await turns.texts() == ["again"]


async def test_a_big_turn_is_returned_completely(turns: Turns) -> None:
    big = incompressible(1_000_000)
    await turns.keep(big)
    await turns.keep("small")
    assert await turns.texts() == [big, "small"]


async def test_an_imported_messages_turn_is_ordered_by_its_time(
    turns: Turns, caller: Callers
) -> None:
    alice = turns.alice
    thread = await alice.load_thread(turns.thread_id)
    for number in range(3):
        turns.backend.clock.advance(seconds=1)
        message = alice.message(thread, id=f"imported {number}")
        await alice.add(thread.id, message)
        await turns.keep(str(number), message.id)
    turns.backend.clock.advance(seconds=1)
    assert await turns.texts() == ["0", "1", "2"]
    assert await turns.texts(before="imported 1") == ["0"]


async def test_deleting_a_message_deletes_its_turn(turns: Turns) -> None:
    message = await turns.keep("gone")
    await turns.keep("kept")
    await turns.alice.delete(turns.thread_id, message)
    assert await turns.texts() == ["kept"]


async def test_a_deleted_thread_has_no_turns(turns: Turns) -> None:
    await turns.keep("gone")
    await turns.alice.delete_thread(turns.thread_id)
    assert await turns.texts() == []
    # A store may refuse a late turn or drop it.
    with suppress(NotFoundError):
        await turns.keep("late")
    assert await turns.texts() == []


async def test_another_users_turns_are_not_returned(turns: Turns) -> None:
    await turns.keep("alice's")
    assert await turns.texts(user="bob") == []


async def test_expired_turns_are_not_returned_and_hide_no_other(turns: Turns) -> None:
    await turns.keep("old")
    turns.backend.clock.advance(days=RETENTION_DAYS - 1)
    await turns.alice.load_thread(turns.thread_id)
    await turns.keep("new")
    turns.backend.clock.advance(days=2)
    assert await turns.texts() == ["new"]
