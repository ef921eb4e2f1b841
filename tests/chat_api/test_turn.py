import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from chat_api.failures import CUT_OFF, GENERIC
from chat_api.turn import KEEP_ALIVE, Turn


async def test_events_are_given_as_they_are_made() -> None:
    gate = asyncio.Event()

    async def stream() -> AsyncGenerator[bytes]:
        yield b"one"
        await gate.wait()
        yield b"two"

    turn = Turn(stream(), seconds=None)
    assert await turn.begin()
    events = turn.events()
    assert await anext(events) == b"one"
    gate.set()
    assert [event async for event in events] == [b"two"]


async def test_a_turn_goes_on_when_nobody_listens_any_more() -> None:
    gate, wrote = asyncio.Event(), asyncio.Event()

    async def stream() -> AsyncGenerator[bytes]:
        yield b"one"
        await gate.wait()
        wrote.set()
        yield b"two"

    turn = Turn(stream(), seconds=None)
    await turn.begin()
    assert await anext(turn.events()) == b"one"
    gate.set()
    await turn.finished()
    assert wrote.is_set()


async def test_a_failure_before_the_first_event_is_raised() -> None:
    async def stream() -> AsyncGenerator[bytes]:
        raise LookupError
        yield b""

    with pytest.raises(LookupError):
        await Turn(stream(), seconds=None).begin()


async def test_a_stream_without_events_says_so() -> None:
    async def stream() -> AsyncGenerator[bytes]:
        return
        yield b""

    assert not await Turn(stream(), seconds=None).begin()


def told(event: bytes) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(event.removeprefix(b"data: "))
    return read


async def test_a_later_failure_becomes_an_error_event_and_the_stream_ends(
    logged: list[dict[str, Any]],
) -> None:
    async def stream() -> AsyncGenerator[bytes]:
        yield b"one"
        raise LookupError("hunter2")

    turn = Turn(stream(), seconds=None)
    await turn.begin()
    _, error = [event async for event in turn.events()]
    assert told(error)["message"] == GENERIC
    assert told(error)["type"] == "error"
    assert [line["error"] for line in logged] == ["LookupError"]


async def test_at_its_deadline_a_turn_is_cut_off_in_order() -> None:
    closed = asyncio.Event()

    async def stream() -> AsyncGenerator[bytes]:
        try:
            yield b"one"
            await asyncio.Event().wait()
        finally:
            closed.set()

    turn = Turn(stream(), seconds=0.01)
    await turn.begin()
    _, error = [event async for event in turn.events()]
    assert told(error)["message"] == CUT_OFF
    await turn.finished()
    assert closed.is_set()


async def test_silence_is_filled_with_comment_lines() -> None:
    gate = asyncio.Event()

    async def stream() -> AsyncGenerator[bytes]:
        yield b"one"
        await gate.wait()
        yield b"two"

    turn = Turn(stream(), seconds=None, silence=0.001)
    await turn.begin()
    events = turn.events()
    assert [await anext(events) for _ in range(3)] == [b"one", KEEP_ALIVE, KEEP_ALIVE]
    gate.set()
    assert [event async for event in events if event != KEEP_ALIVE] == [b"two"]


async def test_a_turn_that_is_asked_to_stop_ends_in_order_with_what_it_has_said() -> None:
    cleaned_up = asyncio.Event()

    async def stream() -> AsyncGenerator[bytes]:
        try:
            yield b"one"
            await asyncio.Event().wait()
        finally:
            cleaned_up.set()

    async def asked() -> bool:
        return True

    turn = Turn(stream(), seconds=None, asked_to_stop=asked, poll=0.001)
    await turn.begin()
    assert [event async for event in turn.events()] == [b"one"]
    await turn.finished()
    assert cleaned_up.is_set()


async def test_a_turn_that_nobody_stops_leaves_no_task_that_asks() -> None:
    async def stream() -> AsyncGenerator[bytes]:
        yield b"one"

    async def asked() -> bool:
        return False

    turn = Turn(stream(), seconds=None, asked_to_stop=asked, poll=0.001)
    await turn.begin()
    assert [event async for event in turn.events()] == [b"one"]
    await turn.finished()
    assert asyncio.all_tasks() == {asyncio.current_task()}
