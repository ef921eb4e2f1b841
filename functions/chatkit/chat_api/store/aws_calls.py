"""AWS calls of the store: each runs in a thread, to its end, and its failure is classified."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from chatkit.errors import CustomStreamError

from chatcore.logs import described, logger
from chatcore.thread_pools import ROWS, Pool


class StoreUnavailable(CustomStreamError):
    """AWS did not answer, even after its client's retries. The operation may be repeated."""

    def __init__(self) -> None:
        super().__init__(
            "The conversation cannot be reached right now. Please try again.", allow_retry=True
        )


async def call_aws[T](operation: str, call: Callable[[], T], *, pool: Pool = ROWS) -> T:
    """Return what a blocking call returns. The call blocks a thread of the pool, not the loop.

    Raise `StoreUnavailable` when AWS fails, and `ClientError` when it refuses the request.
    """
    try:
        return await pool.run(call)
    except (BotoCoreError, ClientError) as error:
        if isinstance(error, ClientError) and not _is_transient(error):
            raise
        logger.error("store_unavailable", operation=operation, **described(error))
        raise StoreUnavailable from error


async def gather_both[A, B](
    first: Coroutine[Any, Any, A], second: Coroutine[Any, Any, B]
) -> tuple[A, B]:
    """Run both at the same time. Once both have ended, return the results or raise a failure."""
    a, b = asyncio.ensure_future(first), asyncio.ensure_future(second)
    await asyncio.gather(a, b, return_exceptions=True)
    return a.result(), b.result()


async def gather_all[T](calls: Iterable[Coroutine[Any, Any, T]], *, at_once: int = 8) -> list[T]:
    """Run all calls, at most `at_once` at a time.

    Once all have ended, return the results in order, or raise the first failure.
    """
    bound = asyncio.Semaphore(at_once)

    async def one(call: Coroutine[Any, Any, T]) -> T:
        async with bound:
            return await call

    tasks = [asyncio.ensure_future(one(call)) for call in calls]
    await asyncio.gather(*tasks, return_exceptions=True)
    return [task.result() for task in tasks]


def _is_transient(error: ClientError) -> bool:
    """Return whether AWS failed or throttled the call, so that a repeat may succeed."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    code = error.response.get("Error", {}).get("Code", "")
    return status >= 500 or any(word in code for word in ("Throttl", "Exceeded", "Timeout"))
