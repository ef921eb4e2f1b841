"""Ends the stack when one of its parts fails."""

import asyncio
from typing import Self

from local_stack.errors import StackError


class Supervisor:
    """A block that `fail` cancels, and that then raises the error given to `fail`."""

    def __init__(self) -> None:
        self._error: StackError | None = None
        self._task: asyncio.Task[object] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.current_task()
        return self

    def fail(self, error: StackError) -> None:
        """Cancel the block. Only the first error counts.

        Errors are ignored once the block is being canceled: Ctrl-C reaches every process of the
        stack, so any of them may end first.
        """
        if self._task is not None and not self._task.cancelling():
            self._error = error
            self._task.cancel()

    async def __aexit__(self, *_: object) -> None:
        task, self._task = self._task, None
        if task is not None and self._error is not None:
            task.uncancel()
            raise self._error from None
