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


async def test_events_of_one_moment_go_out_as_one_piece() -> None:
    heard = asyncio.Event()

    async def stream() -> AsyncGenerator[bytes]:
        yield b"one "
        await heard.wait()
        for number in range(100):
            yield b"%d " % number
            # Others have their turn, as they have between two words of a model.
            await asyncio.sleep(0)

    turn = Turn(stream(), seconds=None)
    await turn.begin()
    events = turn.events()
    assert await anext(events) == b"one "
    heard.set()
    pieces = [piece async for piece in events]
    assert b"".join(pieces).split() == [b"%d" % number for number in range(100)]
    # A slow machine takes some frames for them, and never one for each.
    assert len(pieces) < 20


async def test_who_comes_late_is_told_all_so_far_in_one_piece() -> None:
    ending = asyncio.Event()

    async def stream() -> AsyncGenerator[bytes]:
        for number in range(3):
            yield b"%d" % number
        await ending.wait()

    turn = Turn(stream(), seconds=None)
    await turn.begin()
    await asyncio.sleep(0)
    assert await anext(turn.events()) == b"012"
    ending.set()
    await turn.finished()


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


async def last_of(turn: Turn) -> dict[str, Any]:
    text = b"".join([piece async for piece in turn.events()])
    read: dict[str, Any] = json.loads(text.rpartition(b"data: ")[2])
    return read


async def test_a_later_failure_becomes_an_error_event_and_the_stream_ends(
    logged: list[dict[str, Any]],
) -> None:
    async def stream() -> AsyncGenerator[bytes]:
        yield b"one"
        raise LookupError("hunter2")

    turn = Turn(stream(), seconds=None)
    await turn.begin()
    error = await last_of(turn)
    assert error["message"] == GENERIC
    assert error["type"] == "error"
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
    assert (await last_of(turn))["message"] == CUT_OFF
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
