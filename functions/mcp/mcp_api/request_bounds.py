"""How long the names in a request may be: the SDK repeats them in its errors."""

import json
from collections.abc import Iterator
from typing import Any

from starlette.types import Message, Receive

from chatcore.errors import InvalidRequest

# Names of methods and tools, ids of requests, addresses of resources: each is far shorter.
MAX_NAME = 500


async def bounded(receive: Receive) -> Receive:
    """Return what receives the request again, once its names are known to be short.

    The whole body is expected in one message, as `BodyLimit` hands it on. Raises `InvalidRequest`.
    """
    message = await receive()
    for place, name in _names(message.get("body", b"")):
        if isinstance(name, str) and len(name) > MAX_NAME:
            raise InvalidRequest(f"{place}: must have at most {MAX_NAME} characters")
    unread = [message]

    async def replay() -> Message:
        return unread.pop() if unread else await receive()

    return replay


def _names(body: bytes) -> Iterator[tuple[str, Any]]:
    """What a request is called by. What is no request is refused by the SDK."""
    try:
        request = json.loads(body)
    except (ValueError, RecursionError):
        return
    if not isinstance(request, dict):
        return
    for name in ("id", "method"):
        yield name, request.get(name)
    params = request.get("params")
    if isinstance(params, dict):
        for name in ("name", "uri"):
            yield f"params.{name}", params.get(name)
