"""Hung tool calls block nothing but themselves."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from agents.testing import assistant_message, function_call

from chatcore.auth.keys import Keys
from chatcore.thread_pools import Pool
from tests.loop_clock import LoopClock
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.turns.conftest import Environment
from tests.unit.chat_api.wire import thread_of, types

# More than the threads of asyncio's default pool on any machine.
CALLS = 40
# The timeout of an invocation in seconds, longer than anything here takes.
SECONDS = 900.0
GENEROUS = SECONDS + 60


class HungTools(ToolFunction):
    """The MCP function. Its tool calls hang until the test releases them."""

    def __init__(self, keys: Keys) -> None:
        super().__init__(keys)
        self.hanging = threading.Semaphore(0)
        self.released = threading.Event()

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:
        if json.loads(json.loads(Payload)["body"] or "{}").get("method") == "tools/call":
            self.hanging.release()
            self.released.wait()
        return super().invoke(FunctionName=FunctionName, Payload=Payload)

    async def all_hang(self) -> None:
        waiting = Pool("waiting", CALLS)
        await asyncio.gather(*(waiting.run(self.hanging.acquire) for _ in range(CALLS)))


@pytest.fixture
def tool_function(keys: Keys, create_table: Callable[[str], None]) -> Iterator[HungTools]:
    create_table("tasks")
    function = HungTools(keys)
    yield function
    function.released.set()
    function.close()


@pytest.fixture
async def first_environment(
    new_environment: Callable[..., Environment],
) -> AsyncIterator[Environment]:
    yield new_environment(seconds_left=SECONDS)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.fixture
async def pending_answer(
    first_environment: Environment, tool_function: HungTools
) -> AsyncIterator[asyncio.Task[Any]]:
    """Start a turn that waits for many hung calls."""
    calls = [function_call("list_tasks", {}, call_id=f"c{number}") for number in range(CALLS)]
    first_environment.model.extend([calls])
    task = asyncio.create_task(first_environment.say("What is on my list?"))
    yield task
    tool_function.released.set()
    await asyncio.wait([task])


async def test_a_stop_takes_effect_within_two_polls_while_many_calls_hang(
    first_environment: Environment,
    tool_function: HungTools,
    pending_answer: asyncio.Task[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with asyncio.timeout(GENEROUS):
        await tool_function.all_hang()
        is_cancelled, polls = first_environment.gate.is_cancelled, list[str]()

        def counted(turn: Any) -> Any:
            polls.append(turn.id)
            return is_cancelled(turn)

        [running] = first_environment.gate.row("alice").turns
        monkeypatch.setattr(first_environment.gate, "is_cancelled", counted)
        assert first_environment.gate.cancel_turn("alice", running.id)
        assert "error" not in types(await pending_answer)
    assert len(polls) <= 2
    assert first_environment.gate.row("alice").turns == []


async def test_a_turn_out_of_time_ends_normally_while_its_calls_hang(
    first_environment: Environment,
    tool_function: HungTools,
    pending_answer: asyncio.Task[Any],
    loop_clock: LoopClock,
) -> None:
    async with asyncio.timeout(GENEROUS):
        await tool_function.all_hang()
        loop_clock.skip(SECONDS)
        events = await pending_answer
    assert "took too long" in events[-1]["message"]
    assert first_environment.gate.row("alice").turns == []


async def test_another_user_gets_an_answer_while_many_calls_hang(
    first_environment: Environment, tool_function: HungTools, pending_answer: asyncio.Task[Any]
) -> None:
    async with asyncio.timeout(GENEROUS):
        await tool_function.all_hang()
        first_environment.model.extend([[assistant_message("Hello!")]])
        thread = thread_of(await first_environment.say("Hi", user="bob"))
        assert await first_environment.items(thread, "bob") == [
            ("user_message", "Hi"),
            ("assistant_message", "Hello!"),
        ]
        [running] = first_environment.gate.row("alice").turns
        assert first_environment.gate.cancel_turn("alice", running.id)
        await pending_answer
