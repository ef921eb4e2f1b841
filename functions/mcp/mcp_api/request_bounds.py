"""Limits the names in a request, because the SDK repeats them in its errors."""

import json
from collections.abc import Iterator

from starlette.types import Message, Receive

from chatcore.errors import InvalidRequest

# Real method names, tool names, request ids and resource addresses are far shorter.
MAX_NAME = 500


async def with_bounded_names(receive: Receive) -> Receive:
    """Return a `receive` that replays the request. Raise `InvalidRequest` for a long name.

    The whole body must arrive in one message, as `BodyLimit` passes it on.
    """
    message = await receive()
    for path, name in _names(message.get("body", b"")):
        if isinstance(name, str) and len(name) > MAX_NAME:
            raise InvalidRequest(f"{path}: must have at most {MAX_NAME} characters")
    unread = [message]

    async def replay() -> Message:
        return unread.pop() if unread else await receive()

    return replay


def _names(body: bytes) -> Iterator[tuple[str, object]]:
    """Yield the path and the value of each name in the request.

    A body that is not a request has no names; the SDK refuses it.
    """
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
