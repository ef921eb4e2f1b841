"""Blocking calls from a coroutine."""

import asyncio
from collections.abc import Callable
from contextlib import suppress


async def to_its_end[T](call: Callable[[], T]) -> T:
    """What a blocking call answers; it blocks a thread, never the event loop.

    A call whose caller is cancelled, however often, still runs to its end before the cancellation
    goes on, so that nobody works on while a write is under way.
    """
    calling = asyncio.ensure_future(asyncio.to_thread(call))
    try:
        return await asyncio.shield(calling)
    except asyncio.CancelledError:
        while not calling.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([calling])
        # Read, so that asyncio does not report a failure that the cancelled caller has no use for.
        if not calling.cancelled():
            calling.exception()
        raise
