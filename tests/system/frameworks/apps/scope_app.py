"""A bare ASGI application that answers with its scope."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
KINDS: list[str] = []
SERVER_SPECIFIC = ("client", "server", "aws.event", "aws.context")


async def app(scope: dict[str, Any], receive: object, send: Send) -> None:
    KINDS.append(scope["type"])
    if scope["type"] != "http":
        raise ValueError("no lifespan here")
    shown = {name: value for name, value in scope.items() if name not in SERVER_SPECIFIC}
    shown |= {"kinds": sorted(set(KINDS)), "client": len(scope["client"])}
    body = json.dumps(shown, default=lambda value: value.decode("latin-1")).encode()
    headers = [(b"x-name", b"caf\xc3\xa9 caf\xe9"), (b"X-Empty", b"")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": True})
    await send({"type": "http.response.body", "body": body, "more_body": True})
    await send({"type": "http.response.body"})
