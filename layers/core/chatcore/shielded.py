"""Calls that a cancellation must not cut."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import wraps
from typing import Any


def run_to_completion[**P, T](
    write: Callable[P, Coroutine[Any, Any, T]],
) -> Callable[P, Coroutine[Any, Any, T]]:
    """A write that runs to its end although its caller is cancelled, however often.

    Only then the cancellation goes on, so that nobody works on while the write is under way.
    """

    @wraps(write)
    async def whole(*args: P.args, **kwargs: P.kwargs) -> T:
        writing = asyncio.ensure_future(write(*args, **kwargs))
        try:
            return await asyncio.shield(writing)
        except asyncio.CancelledError:
            while not writing.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait([writing])
            # Read, so that asyncio does not report a failure that nobody is left to be told of.
            if not writing.cancelled():
                writing.exception()
            raise

    return whole
