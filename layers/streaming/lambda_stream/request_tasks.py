"""The asyncio tasks that one request has started, and their end."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from contextvars import ContextVar, copy_context
from typing import Any

from lambda_stream.log import log_tasks

# A canceled task may need this long, in seconds, to put things in order.
GRACE_SECONDS = 1.0

type Tasks = set[asyncio.Task[Any]]

_started_by: ContextVar["RequestTasks | None"] = ContextVar("_started_by", default=None)


class RequestTasks:
    """A task for a request, and all tasks that it starts, or that they start.

    A task inherits its context from the one that starts it, which tells these tasks from those of
    the application itself: what it has started at its import or in its lifespan, and later from
    there, belongs to no request.
    """

    def __init__(self, request_id: str) -> None:
        self._request_id = request_id
        self._context = copy_context()
        self._context.run(_started_by.set, self)

    def start[T](self, call: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        return asyncio.create_task(call, context=self._context)

    async def end_leftovers(self, seconds: float) -> None:
        """Wait `seconds` for what the request has left behind; cancel what is alive then.

        A task that a cancellation does not end is left alone after a grace period.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._finished()
                return
        until = asyncio.get_running_loop().time() + GRACE_SECONDS
        await self.cancel("tasks that a request left behind were canceled", until, level="WARNING")
        if alive := self._alive():
            log_tasks("canceled tasks did not end", alive, request_id=self._request_id)

    async def cancel(self, why: str, until: float, *, level: str = "ERROR") -> None:
        """Cancel what is alive, and wait for its end until that time of the event loop's clock.

        What it starts meanwhile, such as a last write, is awaited and not canceled.
        """
        alive = self._alive()
        log_tasks(why, alive, request_id=self._request_id, level=level)
        for task in alive:
            task.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                await self._finished()

    async def _finished(self) -> None:
        while alive := self._alive():
            await asyncio.wait(alive)

    def _alive(self) -> Tasks:
        tasks = asyncio.all_tasks()
        return {task for task in tasks if task.get_context().get(_started_by) is self}
