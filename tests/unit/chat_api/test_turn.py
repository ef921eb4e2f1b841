"""A turn sends its events, continues without listeners, and ends in every case."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from chat_api.errors import CUT_OFF, GENERIC
from chat_api.turns.event_log import FRAME_SECONDS, KEEP_ALIVE, SILENCE_SECONDS
from chat_api.turns.turn import Turn
from tests.loop_clock import LoopClock, let_time_pass


async def test_events_are_sent_as_they_arrive() -> None:
    gate = asyncio.Event()

    async def stream() -> AsyncGenerator[bytes]:
        yield b"one"
        await gate.wait()
        yield b"two"

    turn = Turn(aclosing(stream()), encode=bytes, seconds=None)
    assert await turn.begin()
    events = turn.events()
    assert await anext(events) == b"one"
    gate.set()
    assert [event async for event in events] == [b"two"]


async def test_simultaneous_events_are_sent_as_one_chunk(loop_clock: LoopClock) -> None:
    first_read = asyncio.Event()

    async def stream() -> AsyncGenerator[bytes]:
        yield b"one "
        await first_read.wait()
        for number in range(100):
            yield b"%d " % number
            # Let other tasks run, as they do between two words of a model.
            await asyncio.sleep(0)

    async def read(events: AsyncIterator[bytes]) -> list[bytes]:
        return [piece async for piece in events]

    loop_clock.stand_still()
    turn = Turn(aclosing(stream()), encode=bytes, seconds=None)
    await turn.begin()
    events = turn.events()
    assert await anext(events) == b"one "
    first_read.set()
    reading = asyncio.create_task(read(events))
    await turn.finished()
    loop_clock.skip(FRAME_SECONDS)
    [piece] = await reading
    assert piece.split() == [b"%d" % number for number in range(100)]


async def test_late_listener_gets_all_earlier_events_in_one_chunk() -> None:
    ending = asyncio.Event()

    async def stream() -> AsyncGenerator[bytes]:
        for number in range(3):
            yield b"%d" % number
        await ending.wait()

    turn = Turn(aclosing(stream()), encode=bytes, seconds=None)
    await turn.begin()
    await asyncio.sleep(0)
    assert await anext(turn.events()) == b"012"
    ending.set()
    await turn.finished()


async def test_the_end_of_a_turn_is_no_request_to_stop_it() -> None:
    closed, polled = asyncio.Event(), asyncio.Event()

    async def events() -> AsyncGenerator[bytes]:
        yield b"text"
        raise RuntimeError

    @asynccontextmanager
    async def stream() -> AsyncIterator[AsyncIterator[bytes]]:
        try:
            yield events()
        finally:
            closed.set()
            await polled.wait()
            # Let what the poll found take effect.
            for _ in range(3):
                await asyncio.sleep(0)

    async def is_gone() -> bool:
        await closed.wait()
        polled.set()
        return True

    turn = Turn(stream(), encode=bytes, seconds=None, asked_to_stop=is_gone, poll=0.0)
    await turn.finished()
    sent = b"".join([event async for event in turn.events()])
    text, error = sent.split(b"text")
    assert text == b""
    assert b"error" in error


async def test_event_that_waits_for_the_close_is_sent_even_if_the_close_fails() -> None:
    closed = False

    async def events() -> AsyncGenerator[bytes]:
        yield b"question"

    @asynccontextmanager
    async def stream() -> AsyncIterator[AsyncIterator[bytes]]:
        nonlocal closed
        yield events()
        closed = True
        raise RuntimeError

    turn = Turn(stream(), encode=bytes, seconds=None, closes_first=lambda: True)
    assert await turn.begin()
    assert closed
    [sent] = [piece async for piece in turn.events()]
    question, error = sent.split(b"question")
    assert question == b""
    assert b"error" in error


async def test_turn_continues_without_listeners() -> None:
    gate, wrote = asyncio.Event(), asyncio.Event()

    async def stream() -> AsyncGenerator[bytes]:
        yield b"one"
        await gate.wait()
        wrote.set()
        yield b"two"

    turn = Turn(aclosing(stream()), encode=bytes, seconds=None)
    await turn.begin()
    assert await anext(turn.events()) == b"one"
    gate.set()
    await turn.finished()
    assert wrote.is_set()


async def test_failure_before_the_first_event_is_raised() -> None:
    async def stream() -> AsyncGenerator[bytes]:
        raise LookupError
        yield b""

    with pytest.raises(LookupError):
        await Turn(aclosing(stream()), encode=bytes, seconds=None).begin()


async def test_stream_without_events_does_not_begin() -> None:
    async def stream() -> AsyncGenerator[bytes]:
        return
        yield b""

    assert not await Turn(aclosing(stream()), encode=bytes, seconds=None).begin()


async def last_of(turn: Turn) -> dict[str, Any]:
    text = b"".join([piece async for piece in turn.events()])
    read: dict[str, Any] = json.loads(text.rpartition(b"data: ")[2])
    return read


async def test_later_failure_becomes_an_error_event_and_ends_the_stream(
    logged: list[dict[str, Any]],
) -> None:
    async def stream() -> AsyncGenerator[bytes]:
        yield b"one"
        raise LookupError("hunter2")

    turn = Turn(aclosing(stream()), encode=bytes, seconds=None)
    await turn.begin()
    error = await last_of(turn)
    assert error["message"] == GENERIC
    assert error["type"] == "error"
    assert [line["error"] for line in logged] == ["LookupError"]


async def test_turn_ends_with_an_error_event_at_its_deadline(loop_clock: LoopClock) -> None:
    closed = asyncio.Event()

    async def stream() -> AsyncGenerator[bytes]:
        try:
            yield b"one"
            await asyncio.Event().wait()
        finally:
            closed.set()

    turn = Turn(aclosing(stream()), encode=bytes, seconds=900)
    await turn.begin()
    loop_clock.skip(900)
    assert (await last_of(turn))["message"] == CUT_OFF
    await turn.finished()
    assert closed.is_set()


async def test_comment_lines_are_sent_during_silence(loop_clock: LoopClock) -> None:
    gate = asyncio.Event()

    async def stream() -> AsyncGenerator[bytes]:
        yield b"one"
        await gate.wait()
        yield b"two"

    turn = Turn(aclosing(stream()), encode=bytes, seconds=None)
    await turn.begin()
    events = turn.events()
    assert await anext(events) == b"one"
    for _ in range(2):
        loop_clock.skip(SILENCE_SECONDS)
        assert await anext(events) == KEEP_ALIVE
    gate.set()
    assert [event async for event in events if event != KEEP_ALIVE] == [b"two"]


async def test_stopped_turn_ends_normally_with_its_text_so_far(
    loop_clock: LoopClock,
) -> None:
    cleaned_up = asyncio.Event()

    async def stream() -> AsyncGenerator[bytes]:
        try:
            yield b"one"
            await asyncio.Event().wait()
        finally:
            cleaned_up.set()

    answers = [False, False, True]

    async def asked() -> bool:
        return answers.pop(0)

    turn = Turn(aclosing(stream()), encode=bytes, seconds=None, asked_to_stop=asked)
    await turn.begin()
    # It polls once a second and stops at the first True.
    await let_time_pass(loop_clock, 3)
    assert [event async for event in turn.events()] == [b"one"]
    await turn.finished()
    assert cleaned_up.is_set()
    assert answers == []


async def test_finished_turn_leaves_no_polling_task() -> None:
    async def stream() -> AsyncGenerator[bytes]:
        yield b"one"

    async def asked() -> bool:
        return False

    turn = Turn(aclosing(stream()), encode=bytes, seconds=None, asked_to_stop=asked)
    await turn.begin()
    assert [event async for event in turn.events()] == [b"one"]
    await turn.finished()
    assert asyncio.all_tasks() == {asyncio.current_task()}
