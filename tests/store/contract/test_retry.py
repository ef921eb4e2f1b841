"""Wherever a retry breaks off, the user and the model see the same turns."""

from dataclasses import dataclass
from typing import Any

import pytest
from chatkit.types import (
    InferenceOptions,
    ThreadItem,
    ThreadMetadata,
    UserMessageItem,
    UserMessageTextContent,
)

from chat_api.request_context import RequestContext
from chat_api.store.aws_calls import StoreUnavailable
from tests.store.contract.backend import PLAIN, Backend, clients, new_backend, request_of
from tests.store.contract.conversation import incompressible
from tests.store.contract.engines import Engine
from tests.store.contract.fault_proxy import Fault, FaultProxy, after
from tests.store.contract.paging import all_items
from tests.store.contract.user_store import Caller

type Answers = dict[str, set[str]]
STOPPED = "stopped"


def alice(backend: Backend) -> Caller[RequestContext]:
    return Caller(backend.store, lambda: request_of("alice"), backend.clock.date)


@dataclass
class StoredTurns:
    """A thread of turns, each with a message and a number of answers."""

    backend: Backend
    thread: ThreadMetadata
    turns: list[list[ThreadItem]]

    async def seen(self) -> Answers:
        """Return the answers under each message that the user sees."""
        seen: Answers = {}
        answers: set[str] = set()
        for item in await all_items(alice(self.backend), self.thread.id):
            if isinstance(item, UserMessageItem):
                seen[item.id] = answers = set()
            else:
                answers.add(item.id)
        return seen

    async def known(self) -> Answers:
        """Return the answers under each message that the model receives."""
        end = alice(self.backend).mint()
        earlier = await self.backend.transcript.before(
            self.thread.id, end, 1_000_000, request_of("alice")
        )
        known: Answers = {turn["message"]: set(turn["answers"]) for turn in earlier.turns}
        answers: set[str] = set()
        for item in (each for each in earlier.since if not isinstance(each, list)):
            if isinstance(item, UserMessageItem):
                known[item.id] = answers = set()
            else:
                answers.add(item.id)
        return known

    async def take_back(self, number: int, backend: Backend | None = None) -> None:
        message = self.turns[number][0]
        turn = [{"message": message.id, "answers": [STOPPED]}]
        transcript = (backend or self.backend).transcript
        await transcript.take_back(self.thread.id, message.id, turn, request_of("alice"))


async def store_turns(backend: Backend, *answers: int, text: str = "a") -> StoredTurns:
    caller = alice(backend)
    thread = await caller.thread()
    turns: list[list[ThreadItem]] = []
    for count in answers:
        message = UserMessageItem(
            id=caller.mint(),
            thread_id=thread.id,
            created_at=backend.clock.date(),
            content=[UserMessageTextContent(text="q")],
            inference_options=InferenceOptions(),
        )
        await caller.add(thread.id, message)
        said = await caller.say(thread, *[text] * count)
        turns.append([message, *said])
        ids = [item.id for item in said]
        turn: list[Any] = [{"message": message.id, "answers": ids}]
        await backend.transcript.save(thread.id, message.id, turn, request_of("alice"))
        if ids:
            await backend.store.save_feedback(thread.id, ids[:1], "positive", request_of("alice"))
    return StoredTurns(backend, thread, turns)


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param((2, 7, 7, 7, 7, 7), id="turns_that_share_a_request"),
        pytest.param((2, 30, 7, 40), id="turns_of_several_requests"),
        pytest.param((2, 40), id="own_turn_of_several_requests"),
        pytest.param((2, 23), id="own_turn_that_fills_a_request"),
    ],
)
async def test_user_and_model_see_the_same_turns_wherever_a_retry_breaks_off(
    engine: Engine, backend: Backend, answers: tuple[int, ...]
) -> None:
    stored, proxy = await store_turns(backend, *answers), FaultProxy(engine)
    async with proxy.running() as proxied:
        with clients(proxied, PLAIN) as made:
            process = new_backend(made, backend.location, backend.clock)
            for last in range(1, 100):
                proxy.follow(after(last))
                try:
                    await stored.take_back(1, process)
                    break
                except StoreUnavailable:
                    seen = await stored.seen()
                    known = await stored.known()
                    assert known == seen
    message = stored.turns[1][0].id
    assert (await stored.seen())[message] == set()
    assert (await stored.known())[message] == {STOPPED}
    assert len(await stored.seen()) == 2


async def test_a_retry_of_a_typical_turn_writes_once(engine: Engine, backend: Backend) -> None:
    stored, proxy = await store_turns(backend, 2, 2, 2), FaultProxy(engine)
    async with proxy.running() as proxied:
        with clients(proxied, PLAIN) as made:
            await stored.take_back(1, new_backend(made, backend.location, backend.clock))
    assert [each for each in proxy.requests if each.startswith("S3")] == []
    assert proxy.requests.count("BatchWriteItem") == 1
    assert not {"PutItem", "DeleteItem", "UpdateItem"} & {*proxy.requests}


async def test_writes_that_dynamodb_leaves_unprocessed_in_a_retry_are_repeated(
    engine: Engine, backend: Backend
) -> None:
    stored, proxy = await store_turns(backend, 2, 7, 7, 30), FaultProxy(engine)
    proxy.follow(lambda number: Fault.HALF_DONE)
    async with proxy.running() as proxied:
        with clients(proxied, PLAIN) as made:
            await stored.take_back(1, new_backend(made, backend.location, backend.clock))
    first, second, *_ = stored.turns
    answers = {item.id for item in first[1:]}
    assert await stored.seen() == {first[0].id: answers, second[0].id: set()}
    assert await stored.known() == {first[0].id: answers, second[0].id: {STOPPED}}


async def test_a_retry_leaves_no_body_behind(backend: Backend) -> None:
    stored = await store_turns(backend, 1, 1, 1, text=incompressible(300_000))
    message = stored.turns[1][0].id
    big = [{"message": message, "answers": [], "text": incompressible(250_000)}]
    await backend.transcript.save(stored.thread.id, message, big, request_of("alice"))
    assert len(backend.objects()) == 4
    await stored.take_back(1)
    assert len(backend.objects()) == 1
