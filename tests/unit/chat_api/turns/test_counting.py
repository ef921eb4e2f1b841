"""The day's tokens are counted while an answer runs and however it ends."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from agents.items import TResponseStreamEvent
from agents.testing import ModelStep
from openai.types.responses import ResponseErrorEvent

from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.turn_state import TurnState
from chat_api.turns.lease import RENEWED_EVERY, StopCheck, closing
from chatcore.errors import Unavailable
from chatcore.gate.gate import Gate, OpenTurn
from chatcore.gate.limits import Limits
from tests.loop_clock import LoopClock
from tests.unit.chat_api.conftest import GateClock
from tests.unit.chat_api.turns.conftest import Environment
from tests.unit.chat_api.wire import types, words
from tests.waiting import PATIENCE, until

# 30,000 tokens.
LONG = "Buy milk. " * 12_000
LIMIT = 75_000


class Silent:
    """A model that never answers."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    @property
    def step(self) -> ModelStep:
        return ModelStep(stream_events=self._stream)

    async def _stream(self, _call: object) -> AsyncIterator[TResponseStreamEvent]:
        self.asked.set()
        await asyncio.Event().wait()
        # Never reached: it makes this function a generator.
        yield ResponseErrorEvent(type="error", message="No.", sequence_number=0)


@pytest.fixture
def silent() -> Silent:
    return Silent()


@pytest.fixture
def limits() -> Limits:
    return Limits(tokens_per_day=LIMIT)


async def stop_before_first_word(first_environment: Environment, silent: Silent) -> None:
    first_environment.model.extend([silent.step])
    pending = asyncio.create_task(first_environment.say(LONG))
    await silent.asked.wait()
    [running] = first_environment.gate.row("alice").turns
    assert first_environment.gate.cancel_turn("alice", running.id)
    await pending


async def test_an_answer_stopped_before_its_first_word_is_counted(
    first_environment: Environment, silent: Silent, gate_clock: GateClock
) -> None:
    await stop_before_first_word(first_environment, silent)
    assert first_environment.gate.row("alice").tokens_today(gate_clock()) == pytest.approx(
        30_000, rel=0.1
    )


async def test_repeated_stopping_uses_up_the_daily_limit(
    first_environment: Environment, gate_clock: GateClock
) -> None:
    for _ in range(3):
        await stop_before_first_word(first_environment, Silent())
    refused = await first_environment.send("threads.create", input=words("Hi"))
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert LIMIT <= first_environment.gate.row("alice").tokens_today(gate_clock()) < 1.5 * LIMIT


async def test_an_answer_that_runs_out_of_time_before_its_first_word_is_counted(
    new_environment: Callable[..., Environment],
    silent: Silent,
    gate_clock: GateClock,
    loop_clock: LoopClock,
) -> None:
    first_environment = new_environment(seconds_left=900.0)
    first_environment.model.extend([silent.step])
    pending = asyncio.create_task(first_environment.say(LONG))
    await silent.asked.wait()
    loop_clock.skip(900.0)
    assert types(await pending)[-1] == "error"
    assert first_environment.gate.row("alice").tokens_today(gate_clock()) == pytest.approx(
        30_000, rel=0.1
    )


async def test_an_answer_that_fails_before_its_first_word_is_counted(
    first_environment: Environment, gate_clock: GateClock
) -> None:
    first_environment.model.extend([RuntimeError("The model broke.")])
    assert types(await first_environment.say(LONG))[-1] == "error"
    assert first_environment.gate.row("alice").tokens_today(gate_clock()) == pytest.approx(
        30_000, rel=0.1
    )


async def test_sent_tokens_are_counted_before_the_answer_arrives(
    first_environment: Environment, silent: Silent, gate_clock: GateClock
) -> None:
    """They are counted even if the environment is killed now."""
    first_environment.model.extend([silent.step])
    pending = asyncio.create_task(first_environment.say(LONG))
    await silent.asked.wait()
    now = gate_clock()
    counted = await asyncio.to_thread(
        until, lambda: first_environment.gate.row("alice").tokens_today(now)
    )
    assert counted == pytest.approx(30_000, rel=0.1)
    [running] = first_environment.gate.row("alice").turns
    assert first_environment.gate.cancel_turn("alice", running.id)
    await pending
    assert first_environment.gate.row("alice").tokens_today(gate_clock()) == pytest.approx(
        counted, rel=0.1
    )


class RecordingGate(Gate):
    """Records its calls: None for a stop check, the tokens for a renewal.

    Renewals fail while `is_available` is False.
    """

    def __init__(self) -> None:
        self.calls: list[int | None] = []
        self.is_available = True

    def is_cancelled(self, turn: OpenTurn) -> bool:
        self.calls.append(None)
        return False

    def renew_turn(self, turn: OpenTurn, *, seconds: float, tokens: int = 0) -> bool:
        self.calls.append(tokens)
        if not self.is_available:
            raise Unavailable("")
        return True


async def test_a_turn_writes_to_the_gate_after_each_request_and_when_its_lease_is_due() -> None:
    gate, context = RecordingGate(), RequestContext("alice", "s1", TurnState("turn_1"))
    asked_to_stop = StopCheck(gate, OpenTurn("alice", "thr_1", "turn_1"), context)
    context.turn.tokens.send(400)
    for _ in range(3):
        assert not await asked_to_stop()
    context.turn.tokens.send(40)
    for _ in range(RENEWED_EVERY + 1):
        assert not await asked_to_stop()
    assert gate.calls == [100, None, None, 110, *[None] * (RENEWED_EVERY - 1), 110]


async def test_tokens_that_could_not_be_counted_are_counted_at_the_next_stop_check() -> None:
    gate, context = RecordingGate(), RequestContext("alice", "s1", TurnState("turn_1"))
    asked_to_stop = StopCheck(gate, OpenTurn("alice", "thr_1", "turn_1"), context)
    context.turn.tokens.send(400)
    gate.is_available = False
    assert not await asked_to_stop()
    gate.is_available = True
    for _ in range(2):
        assert not await asked_to_stop()
    assert gate.calls == [100, 100, None]


async def test_a_turn_stops_even_if_the_gate_cannot_say_whether_its_thread_was_deleted() -> None:
    class HalfAvailableGate(RecordingGate):
        def is_cancelled(self, turn: OpenTurn) -> bool:
            return True

        def is_deleted(self, turn: OpenTurn) -> bool:
            raise Unavailable("")

    context = RequestContext("alice", "s1", TurnState("turn_1"))
    assert await StopCheck(HalfAvailableGate(), OpenTurn("alice", "thr_1", "turn_1"), context)()


async def test_a_turns_tokens_are_logged_even_if_it_is_canceled_while_it_closes(
    store: DynamoStore, logged: list[dict[str, Any]]
) -> None:
    close_began, may_finish = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    class Slow(RecordingGate):
        def close_turn(self, turn: OpenTurn, *, tokens: int, rows_deleted: bool = False) -> bool:
            loop.call_soon_threadsafe(close_began.set)
            return may_finish.wait(PATIENCE)

    async def turn() -> None:
        opened = OpenTurn("alice", "thr_1", "turn_1")
        context = RequestContext("alice", "s1", TurnState("turn_1"))
        async with closing(Slow(), store, opened, context):
            context.turn.tokens.send(400)

    running = asyncio.create_task(turn())
    await close_began.wait()
    running.cancel()
    may_finish.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    [line] = [line for line in logged if line["message"] == "turn_closed"]
    assert line["tokens_in"] == 100
