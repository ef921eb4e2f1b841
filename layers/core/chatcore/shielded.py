"""Writes that a cancellation must not cut short."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import wraps
from typing import Any


def run_to_completion[**P, T](
    write: Callable[P, Coroutine[Any, Any, T]],
) -> Callable[P, Coroutine[Any, Any, T]]:
    """Return a write that runs to its end even if its caller is canceled, however often.

    The caller is canceled after that, so nothing else happens while the write is under way.
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
            # Read the failure, which has no caller any more, so that asyncio does not log it.
            if not writing.cancelled():
                writing.exception()
            raise

    return whole
