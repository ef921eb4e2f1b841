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

    The caller is canceled only when the write has ended, so that nothing else happens meanwhile.
    """

    @wraps(write)
    async def shielded(*args: P.args, **kwargs: P.kwargs) -> T:
        writing = asyncio.ensure_future(write(*args, **kwargs))
        try:
            return await asyncio.shield(writing)
        except asyncio.CancelledError:
            while not writing.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait([writing])
            # No caller is left to receive the error. Read it, so that asyncio does not log it.
            if not writing.cancelled():
                writing.exception()
            raise

    return shielded
