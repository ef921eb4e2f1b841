"""What ends the stack when a part of it is gone."""

import asyncio
from typing import Self

from local_stack.errors import StackError


class Supervisor:
    """A block that is cancelled, and raises the StackError, when `fail` gets one."""

    def __init__(self) -> None:
        self._error: StackError | None = None
        self._task: asyncio.Task[object] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.current_task()
        return self

    def fail(self, error: StackError) -> None:
        """Only the first counts, and none once the block is being cancelled: a Ctrl+C reaches every
        process of the stack, and then each may be the first to end."""
        if self._task is not None and not self._task.cancelling():
            self._error = error
            self._task.cancel()

    async def __aexit__(self, *_: object) -> None:
        task, self._task = self._task, None
        if task is not None and self._error is not None:
            task.uncancel()
            raise self._error from None
