"""AWS calls of the store: in a thread, to their end, and told apart when they fail."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from chatkit.errors import CustomStreamError

from chatcore.logs import described, logger
from chatcore.thread_pools import ROWS, Pool


class StoreUnavailable(CustomStreamError):
    """AWS does not answer, after its client's retries. The operation may be repeated."""

    def __init__(self) -> None:
        super().__init__(
            "The conversation cannot be reached right now. Please try again.", allow_retry=True
        )


async def answered[T](operation: str, call: Callable[[], T], *, pool: Pool = ROWS) -> T:
    """Return what a blocking call returns; it blocks a thread of the pool, never the event loop.

    Raises `StoreUnavailable` when AWS fails, and `ClientError` when it refuses.
    """
    try:
        return await pool.run(call)
    except (BotoCoreError, ClientError) as error:
        if isinstance(error, ClientError) and not _passing(error):
            raise
        logger.error("store_unavailable", operation=operation, **described(error))
        raise StoreUnavailable from error


async def together[A, B](
    first: Coroutine[Any, Any, A], second: Coroutine[Any, Any, B]
) -> tuple[A, B]:
    """Both at once, both to their end; what one of them raises is raised then."""
    a, b = asyncio.ensure_future(first), asyncio.ensure_future(second)
    await asyncio.gather(a, b, return_exceptions=True)
    return a.result(), b.result()


async def all_of[T](calls: Iterable[Coroutine[Any, Any, T]], *, at_once: int = 8) -> list[T]:
    """All of them, so many at once, each to its end; what one of them raises is raised then."""
    bound = asyncio.Semaphore(at_once)

    async def one(call: Coroutine[Any, Any, T]) -> T:
        async with bound:
            return await call

    tasks = [asyncio.ensure_future(one(call)) for call in calls]
    await asyncio.gather(*tasks, return_exceptions=True)
    return [task.result() for task in tasks]


def _passing(error: ClientError) -> bool:
    """Whether AWS failed or throttled, which a repeat may cure."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    code = error.response.get("Error", {}).get("Code", "")
    return status >= 500 or any(word in code for word in ("Throttl", "Exceeded", "Timeout"))
