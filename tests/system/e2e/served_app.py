"""An ASGI application at an address, in a thread of this process."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp

from local_stack.serving import address_of, listen, serving


@contextmanager
def served_app(app: ASGIApp, loop: asyncio.AbstractEventLoop) -> Iterator[str]:
    """Serve the application in this event loop, and close the loop afterwards. Yield its address.

    The loop runs in its own thread, because Playwright and the tests use the main thread's.
    """
    listener = listen(0)
    ended = asyncio.Event()
    started = threading.Event()

    async def serve() -> None:
        async with serving(app, listener):
            started.set()
            await ended.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    started.wait()
    try:
        yield address_of(listener)
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        loop.close()
