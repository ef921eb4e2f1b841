"""ASGI servers inside the event loop of the stack."""

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
        """Leave signals to the stack, which stops its parts in order."""
        yield


def listen(port: int, host: str = LOOPBACK) -> socket.socket:
    """Return a listening socket. Port 0 means any free port. Raise StackError for a used one."""
    # asyncio turns Nagle's algorithm off only for a socket that names its protocol. Otherwise each
    # answer, a head and a body, would wait 40 ms for the acknowledgment of the head.
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise StackError(
            f"Port {port} cannot be used: {error.strerror}. Choose another port: PORT=…"
        ) from error
    return listener


def address_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()
    return f"http://{host}:{port}"


@asynccontextmanager
async def serving(app: ASGIApp, listener: socket.socket) -> AsyncIterator[None]:
    """Serve the application until the end of the block, then close the socket."""
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
