"""ASGI applications served inside the stack's own event loop."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

from local_stack.errors import StackError

LOOPBACK = "127.0.0.1"
_STREAMS_END_WITHIN = 1


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the stack's: they end everything, in order."""
        yield


def listen(port: int, host: str = LOOPBACK) -> socket.socket:
    """A listening socket, on any free port for 0. Raises StackError when the port is in use."""
    # With the protocol named, asyncio turns Nagle's algorithm off for what is accepted; otherwise
    # each answer, a head and a body, waits 40 ms for the acknowledgement of the head.
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise StackError(
            f"Port {port} cannot be used: {error.strerror}. Choose another one with PORT=…"
        ) from error
    return listener


def address_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()
    return f"http://{host}:{port}"


@asynccontextmanager
async def serving(app: ASGIApp, listener: socket.socket) -> AsyncIterator[None]:
    """Serves the application for the length of the block, then closes the socket."""
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        server_header=False,
        timeout_graceful_shutdown=_STREAMS_END_WITHIN,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await task
        listener.close()
