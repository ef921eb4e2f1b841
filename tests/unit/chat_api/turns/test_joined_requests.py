"""What a request that joined a running turn receives, from its first event to its last."""

import asyncio
import threading
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from agents.testing import assistant_message
from chatkit.types import ThreadStreamEvent

from chat_api.errors import BROKE_OFF, error_event
from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.turn_state import TurnState
from chat_api.turns.resume import DISPLACED, ResumedAnswer
from chatcore.gate.admission import Requester
from chatcore.gate.gate import Gate, OpenTurn
from chatcore.gate.row import GateTurn
from tests.unit.chat_api.conftest import GateClock
from tests.unit.chat_api.over_http import Chat, with_body_listener
from tests.unit.chat_api.over_http import events as events_of
from tests.unit.chat_api.turns.conftest import Environment, Slow
from tests.unit.chat_api.turns.turn_events import (
    first_message,
    wait_for_text,
    wait_for_thread,
)
from tests.unit.chat_api.waiting_turns import ASK
from tests.unit.chat_api.wire import thread_of, types


async def test_a_displaced_listener_only_reads_the_gate_once_more(
    first_environment: Environment, store: DynamoStore, requests: list[str]
) -> None:
    first_environment.model.extend([[assistant_message("Hello!")]])
    thread = thread_of(await first_environment.say("Hi"))
    turn, stream = followed(first_environment, store, thread)
    await anext(stream)
    for other in ("second", "third"):
        first_environment.gate.add_listener("alice", turn, other)
    requests.clear()
    assert await anext(stream) == DISPLACED
    assert [each async for each in stream] == []
    assert requests == []


@pytest.mark.parametrize("crashes", [True, False])
async def test_a_listener_gets_an_error_if_the_turn_is_lost_elsewhere(
    first_environment: Environment, store: DynamoStore, gate_clock: GateClock, crashes: bool
) -> None:
    turn, stream = followed(first_environment, store)
    opened = OpenTurn("alice", turn.thread, turn.id)
    next_event = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    if crashes:
        gate_clock.ahead = 61
    else:
        first_environment.gate.close_turn(opened, tokens=0)
    assert await next_event == error_event(BROKE_OFF.sentence)
    await stream.aclose()


async def test_a_repeat_that_is_cut_off_removes_its_text_so_far(
    first_environment: Environment, store: DynamoStore, slow: Slow
) -> None:
    first_environment.model.extend([slow.step])
    pending = asyncio.create_task(
        first_environment.send("threads.create", **first_message("Tell me a story"))
    )
    thread = await wait_for_thread(first_environment)
    await wait_for_text(first_environment, thread)
    [running] = first_environment.gate.row("alice").turns
    first_environment.gate.add_listener("alice", running, "joined")
    context = RequestContext("alice", "s1", TurnState(running.id, thread))
    joined = ResumedAnswer(
        store, first_environment.gate, context, listener="joined", first=True, poll=0.005
    )
    received: list[dict[str, Any]] = []
    shown_so_far = asyncio.Event()

    async def follow() -> None:
        async for event in joined.stream():
            received.append(event.model_dump())
            if received[-1]["type"] == "thread.item.added":
                shown_so_far.set()

    following = asyncio.create_task(follow())
    await shown_so_far.wait()
    following.cancel()
    await asyncio.wait([following])
    assert types(received)[-1] == "thread.item.removed"
    slow.may_continue.set()
    await pending


def followed(
    chat: Chat, store: DynamoStore, thread: str = "thr_1"
) -> tuple[GateTurn, AsyncGenerator[ThreadStreamEvent]]:
    """Open a turn that stores nothing; return it and the stream of a request that joined it."""
    chat.headers("alice")
    name = store.mint_turn()
    chat.gate.open_turn(Requester("alice", "s1"), thread, name, seconds=30)
    [turn] = chat.gate.row("alice").turns
    chat.gate.add_listener("alice", turn, "joined")
    context = RequestContext("alice", "s1", TurnState(name, thread))
    joined = ResumedAnswer(store, chat.gate, context, listener="joined", first=True, poll=0.001)
    return turn, joined.stream()


async def test_a_joined_request_gets_no_metadata_of_the_thread(
    first_environment: Environment, store: DynamoStore, context: RequestContext
) -> None:
    first_environment.model.extend([[assistant_message("Hello!")]])
    thread_id = thread_of(await first_environment.say("Hi"))
    thread = await store.load_thread(thread_id, context)
    await store.save_thread(thread.model_copy(update={"metadata": {"key": "secret"}}), context)
    _turn, stream = followed(first_environment, store, thread_id)
    created = await anext(stream)
    assert created.type == "thread.created"
    assert "secret" not in created.model_dump_json()
    await stream.aclose()


async def test_a_joined_request_sees_a_question_once_the_thread_is_free(
    first_environment: Environment,
    second_environment: Environment,
    gate: Gate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closing, may_close, close = threading.Event(), threading.Event(), gate.close_turn

    def late(*turn: Any, **used: Any) -> bool:
        closing.set()
        may_close.wait()
        closed: bool = close(*turn, **used)
        return closed

    open_turns: list[int] = []

    def look(body: bytes) -> None:
        if b'"status":"pending"' in body:
            open_turns.append(len(gate.row("alice").turns))

    monkeypatch.setattr(gate, "close_turn", late)
    second_environment._observed_app._app = with_body_listener(
        second_environment._observed_app._app, look
    )
    first_environment.model.extend([[ASK]])
    request = first_message("Which one?")
    try:
        asking = asyncio.create_task(first_environment.send("threads.create", **request))
        await asyncio.to_thread(closing.wait)
        joining = asyncio.create_task(second_environment.send("threads.create", **request))
        # The question is stored, and the joined request has read the thread.
        await second_environment.until_sent()
    finally:
        may_close.set()
    received, repeated = await asking, await joining
    assert open_turns == [0]
    assert events_of(repeated)[-1] == events_of(received)[-1]
