"""The asyncio tasks that one request has started."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from contextvars import ContextVar, copy_context
from typing import Any

from lambda_stream.log import log_tasks

# How long a canceled task may take to clean up.
GRACE_SECONDS = 1.0

type Tasks = set[asyncio.Task[Any]]

_started_by: ContextVar["RequestTasks | None"] = ContextVar("_started_by", default=None)


class RequestTasks:
    """All tasks of a request: those that it starts, and those that its tasks start in turn.

    A task inherits the context of the task that starts it. That is how tasks of a request are
    distinguished from tasks that the application started at import or in its lifespan.
    """

    def __init__(self, request_id: str) -> None:
        self._request_id = request_id
        self._context = copy_context()
        self._context.run(_started_by.set, self)

    def start[T](self, call: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        return asyncio.create_task(call, context=self._context)

    async def end_leftovers(self, seconds: float) -> None:
        """Wait `seconds` for the remaining tasks, then cancel them.

        A canceled task that does not end within GRACE_SECONDS is logged and left running.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._finished()
                return
        until = asyncio.get_running_loop().time() + GRACE_SECONDS
        await self.cancel("tasks that a request left behind were canceled", until, level="WARNING")
        if alive := self._alive():
            log_tasks("canceled tasks did not end", alive, request_id=self._request_id)

    async def cancel(self, message: str, until: float, *, level: str = "ERROR") -> None:
        """Log and cancel the running tasks, and wait for them until this time.

        `until` is on the event loop's clock. Tasks that they start meanwhile, such as a last write,
        are awaited and not canceled.
        """
        alive = self._alive()
        log_tasks(message, alive, request_id=self._request_id, level=level)
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
