"""Threads for blocking calls: a pool for each kind, so that a slow kind holds up no other.

asyncio's default pool has six threads on two processors. It is left to what asyncio itself runs
there, the look-up of host names for the model and other tool servers. Each pool here is as big as
the connection pool of its client (chatcore.aws): a thread more would only wait for a connection.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial

from chatcore.aws import INVOCATIONS, QUICK_CALLS


class Pool:
    """At most `size` calls at once; a thread starts when a call needs it. Further calls wait."""

    def __init__(self, name: str, size: int) -> None:
        self.size = size
        self._threads = ThreadPoolExecutor(size, thread_name_prefix=name)

    async def run[**P, T](self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what the call returns, as `asyncio.to_thread` does.

        A call whose caller is cancelled goes on in its thread, unless it has not begun.
        """
        running = partial(copy_context().run, call, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._threads, running)


# DynamoDB: the gate and the conversations. A stop and the end of a turn depend on it.
ROWS = Pool("rows", QUICK_CALLS)
# Secrets, and the login's published keys.
KEYS = Pool("keys", QUICK_CALLS)
# S3, and the packing of what goes there.
FILES = Pool("files", QUICK_CALLS)
# Tool calls, each of which may take half a minute, also when its turn has ended.
TOOLS = Pool("tools", INVOCATIONS)
