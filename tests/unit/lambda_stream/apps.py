"""ASGI applications for the tests of a function process. Each shows one behavior."""

import asyncio
import hashlib
import json
import os
from functools import cache
from typing import Any

from lambda_stream.asgi import Message, Receive, Scope, Send
from lambda_stream.deadline import MARGIN_SECONDS
from tests.loop_clock import LoopClock, let_time_pass
from tests.unit.lambda_stream.breakpoints import gate

# The timeout of an invocation in seconds, far longer than one takes.
DEADLINE = 300.0
SECRET = "a secret of the request"
TASKS: set[asyncio.Task[None]] = set()


def head(status: int = 200, *headers: tuple[bytes, bytes]) -> Message:
    return {"type": "http.response.start", "status": status, "headers": headers}


def part(body: bytes, *, more: bool = True) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


def http_only(scope: Scope) -> None:
    """Raise like an application without lifespan support."""
    if scope["type"] != "http":
        raise ValueError(f"no {scope['type']} here")


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    http_only(scope)
    body = (await receive())["body"]
    context = scope["aws.context"]
    seen: dict[str, Any] = {
        "method": scope["method"],
        "path": scope["path"],
        "query": scope["query_string"].decode(),
        "event_path": scope["aws.event"]["path"],
        "request_id": context.aws_request_id,
        "function": context.function_name,
        "arn": context.invoked_function_arn,
        "memory": context.memory_limit_in_mb,
        "remaining": context.get_remaining_time_in_millis(),
        "trace": os.environ.get("_X_AMZN_TRACE_ID"),
        "body_size": len(body),
        "body_sha256": hashlib.sha256(body).hexdigest(),
    }
    await send(head(200, (b"content-type", b"application/json")))
    await send(part(json.dumps(seen).encode(), more=False))


async def two_chunks(scope: Scope, receive: Receive, send: Send) -> None:
    http_only(scope)
    await send(head())
    await gate("first")
    await send(part(b"one;"))
    await gate("second")
    await send(part(b"two;"))
    await gate("end")
    await send(part(b"", more=False))


async def many_headers(scope: Scope, receive: Receive, send: Send) -> None:
    http_only(scope)
    cookies = [(b"Set-Cookie", b"a=1; Path=/"), (b"set-cookie", b"b=2")]
    links = [(b"link", b"</a>"), (b"Link", b"</b>")]
    await send(head(201, (b"X-Latin", b"caf\xe9"), *cookies, *links))
    await send(part(bytes(range(256)) * 2, more=False))


async def empty(scope: Scope, receive: Receive, send: Send) -> None:
    """Send no body. The path contains the status."""
    http_only(scope)
    await send(head(int(scope["path"][1:]), (b"Content-Length", b"0")))
    await send(part(b"", more=False))


async def many_chunks(scope: Scope, receive: Receive, send: Send) -> None:
    http_only(scope)
    await send(head())
    await gate("talk")
    for _ in range(20):
        await send(part(b"word;"))
        await gate("next word")
    await send(part(b"", more=False))


async def big(scope: Scope, receive: Receive, send: Send) -> None:
    http_only(scope)
    await send(head())
    for number in range(20):
        await send(part(bytes([number]) * 1_000_000))
    await send(part(b"", more=False))


async def fails() -> None:
    raise LookupError(SECRET)


async def faulty(scope: Scope, receive: Receive, send: Send) -> None:
    """Fail at the point that the path names."""
    http_only(scope)
    if scope["path"] == "/stray":
        stray_failure = asyncio.create_task(fails())
        await asyncio.wait({stray_failure})
    if scope["path"] == "/before":
        raise LookupError(SECRET)
    if scope["path"] == "/silent":
        return
    await send(head())
    if scope["path"] == "/after-head":
        raise LookupError(SECRET)
    await send(part(b"some;"))
    if scope["path"] == "/midway":
        raise LookupError(SECRET * 1000)
    if scope["path"] == "/unfinished":
        return
    await send(part(b"all", more=False))
    if scope["path"] == "/afterwards":
        raise LookupError(SECRET)
    if scope["path"] == "/again":
        await send(part(b"too late"))


async def exits(scope: Scope, receive: Receive, send: Send) -> None:
    http_only(scope)
    await send(head())
    await send(part(b"some;"))
    await gate("exit")
    os._exit(3)


async def time_passes() -> None:
    """Make enough round trips that a runtime which polls too early is noticed."""
    for _ in range(10):
        await gate("time passes")


async def continues_after_response(scope: Scope, receive: Receive, send: Send) -> None:
    """Continue after the response, in the call and in a task that nothing awaits."""
    http_only(scope)
    stray = asyncio.create_task(stray_work())
    TASKS.add(stray)
    stray.add_done_callback(TASKS.discard)
    await send(head())
    await send(part(b"all", more=False))
    await time_passes()
    await gate("call")


async def stray_work() -> None:
    await gate("stray")
    await time_passes()
    await gate("stray end")


async def listens(scope: Scope, receive: Receive, send: Send) -> None:
    """Return what receive() returns before, during and after the response."""
    http_only(scope)
    first = await receive()
    second = asyncio.ensure_future(receive())
    await send(head())
    await gate("listening")
    await send(part(f"{first['type']} {first['more_body']} {second.done()}".encode()))
    await send(part(b"", more=False))
    await gate((await second)["type"])


@cache
def standing_clock() -> LoopClock:
    """Return the event loop's clock, which only moves when a test skips time."""
    clock = LoopClock(asyncio.get_running_loop())
    clock.stand_still()
    return clock


async def until_the_deadline() -> None:
    """Skip the time of the invocation, during which the runtime must cancel this call."""
    await let_time_pass(standing_clock(), DEADLINE)
    raise AssertionError("not canceled before the deadline")


async def keep_alive(secret: str) -> None:
    """Wait forever, like a background task of a library."""
    await asyncio.Event().wait()


async def leaves_a_task(scope: Scope, receive: Receive, send: Send) -> None:
    http_only(scope)
    TASKS.add(asyncio.create_task(keep_alive(SECRET), name="keeper"))
    await send(head())
    await send(part(b"all", more=False))


async def endless(scope: Scope, receive: Receive, send: Send) -> None:
    """Run until canceled, then write once more."""
    http_only(scope)
    standing_clock()
    if scope["path"] == "/silent":
        await until_the_deadline()
    await send(head())
    if scope["path"] == "/afterwards":
        await send(part(b"all", more=False))
        await until_the_deadline()
    await send(part(b"some;"))
    try:
        await until_the_deadline()
    except asyncio.CancelledError:
        if scope["path"] == "/stubborn":
            # After the time for a last write, but before the deadline.
            standing_clock().skip(MARGIN_SECONDS * 0.7)
            await asyncio.Event().wait()
        await send(part(b"last words", more=scope["path"] != "/in-order"))
        raise
