"""ASGI applications for the emulator, each with one behavior. None supports a lifespan."""

import asyncio
import os

from lambda_stream.asgi import Message, Receive, Scope, Send
from tests.loop_clock import LoopClock, let_time_pass

PARTS = 8
PART = bytes(1_000_000)


def part(body: bytes, *, more: bool = True) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


async def head(send: Send) -> None:
    headers = [(b"content-type", b"text/plain"), (b"set-cookie", b"a=1")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})


async def whole(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the number of the request in this process."""
    assert scope["type"] == "http"
    os.environ["SEEN"] = str(int(os.environ.get("SEEN", "0")) + 1)
    await head(send)
    await send(part(b"request "))
    await send(part(os.environ["SEEN"].encode(), more=False))


async def empty(scope: Scope, receive: Receive, send: Send) -> None:
    assert scope["type"] == "http"
    await head(send)
    await send(part(b"", more=False))


async def large(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with over 6 MB, or on another path with slightly less."""
    assert scope["type"] == "http"
    await head(send)
    for _ in range(PARTS if scope["path"] == "/over" else 6):
        await send(part(PART))
    await send(part(b"", more=False))


async def faulty(scope: Scope, receive: Receive, send: Send) -> None:
    """Fail at the point that the request's path names."""
    assert scope["type"] == "http"
    if scope["path"] == "/before":
        raise LookupError("no such thing")
    await head(send)
    await send(part(b"some;"))
    if scope["path"] == "/within":
        # Longer than the Runtime API can read in a trailer.
        raise LookupError("no such thing; " * 1000)
    if scope["path"] == "/death":
        os._exit(3)
    await send(part(b"all", more=False))


async def endless(scope: Scope, receive: Receive, send: Send) -> None:
    """Never finish without a deadline."""
    assert scope["type"] == "http"
    await head(send)
    await send(part(b"some;"))
    # The emulator sets this deadline by the real clock, but the test moves the loop's clock.
    clock = LoopClock(asyncio.get_running_loop())
    clock.stand_still()
    await let_time_pass(clock, float(os.environ["AWS_LAMBDA_FUNCTION_TIMEOUT"]))
    raise AssertionError("not canceled before the deadline")
