"""Threads for blocking calls: a pool for each kind, so that a slow kind blocks no other.

asyncio's default pool has six threads on two processors. It is left to asyncio, which looks up host
names in it, and to the Agents SDK, which runs function tools in it that are not async. Each pool
here is as big as the connection pool of its client (chatcore.aws): another thread would only wait
for a connection.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial

from chatcore.aws import INVOCATIONS, QUICK_CALLS


class Pool:
    """Runs at most `size` calls at once; others wait. A thread starts when a call needs it."""

    def __init__(self, name: str, size: int) -> None:
        self.size = size
        self._threads = ThreadPoolExecutor(size, thread_name_prefix=name)

    def run[**P, T](
        self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> asyncio.Future[T]:
        """Start a call in a thread, with the caller's context, and return its future.

        If the future is canceled, a call that has begun runs on in its thread.
        """
        running = partial(copy_context().run, call, *args, **kwargs)
        return asyncio.get_running_loop().run_in_executor(self._threads, running)


# DynamoDB: the gate and the conversations. Stopping and ending a turn depend on it.
ROWS = Pool("rows", QUICK_CALLS)
# Secrets Manager, and the login's published keys.
KEYS = Pool("keys", QUICK_CALLS)
# S3, and the compression of what is stored there.
FILES = Pool("files", QUICK_CALLS)
# Tool calls. Each may take half a minute, even after its turn has ended.
TOOLS = Pool("tools", INVOCATIONS)
