"""Events of one frame go out together, and the end of a frame alone wakes no listener."""

import asyncio
from collections.abc import AsyncIterator

from chat_api.turns.event_log import FRAME_SECONDS, EventLog
from tests.loop_clock import LoopClock


async def _next(events: AsyncIterator[bytes]) -> asyncio.Future[bytes]:
    """Begin to wait for the next piece."""
    reading = asyncio.ensure_future(anext(events))
    await _settle()
    return reading


async def _settle() -> None:
    """Let every task run that can run now."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_event_of_a_frame_goes_out_with_the_first_event_after_it(
    loop_clock: LoopClock,
) -> None:
    loop_clock.stand_still()
    log = EventLog()
    events = log.listen()
    log.add(b"one ")
    assert await anext(events) == b"one "
    reading = await _next(events)
    log.add(b"two ")
    loop_clock.skip(FRAME_SECONDS)
    await _settle()
    assert not reading.done()
    log.add(b"three ")
    assert await reading == b"two three "


async def test_event_that_no_other_follows_goes_out_two_frames_after_the_last_piece(
    loop_clock: LoopClock,
) -> None:
    loop_clock.stand_still()
    log = EventLog()
    events = log.listen()
    log.add(b"one ")
    assert await anext(events) == b"one "
    reading = await _next(events)
    log.add(b"two ")
    loop_clock.skip(2 * FRAME_SECONDS)
    assert await reading == b"two "


async def test_event_that_came_while_a_piece_was_sent_goes_out_without_another_one(
    loop_clock: LoopClock,
) -> None:
    loop_clock.stand_still()
    log = EventLog()
    events = log.listen()
    log.add(b"one ")
    assert await anext(events) == b"one "
    log.add(b"two ")
    reading = await _next(events)
    assert not reading.done()
    loop_clock.skip(2 * FRAME_SECONDS)
    assert await reading == b"two "


async def test_end_of_the_log_sends_what_waits_at_once(loop_clock: LoopClock) -> None:
    loop_clock.stand_still()
    log = EventLog()
    events = log.listen()
    log.add(b"one ")
    assert await anext(events) == b"one "
    reading = await _next(events)
    log.add(b"two ")
    log.close()
    assert await reading == b"two "
    assert [event async for event in events] == []


async def test_listener_that_left_delays_nobody(loop_clock: LoopClock) -> None:
    loop_clock.stand_still()
    log = EventLog()
    gone, here = log.listen(), log.listen()
    log.add(b"one ")
    assert await anext(gone) == await anext(here) == b"one "
    leaving, reading = await _next(gone), await _next(here)
    leaving.cancel()
    await _settle()
    log.add(b"two ")
    loop_clock.skip(2 * FRAME_SECONDS)
    assert await reading == b"two "
