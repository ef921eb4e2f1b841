"""ASGI applications with a lifespan, for a function process."""

from lambda_stream.asgi import Receive, Scope, Send
from tests.unit.lambda_stream.apps import head, part


async def keeps_state(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await send(head())
        await send(part(scope["state"]["made"].encode(), more=False))
        return
    await receive()
    scope["state"]["made"] = "at startup"
    await send({"type": "lifespan.startup.complete"})
    await receive()
    print("shut down", flush=True)
    await send({"type": "lifespan.shutdown.complete"})


async def fails(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.failed", "message": "no table"})


async def fails_to_stop(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.failed", "message": "still busy"})
