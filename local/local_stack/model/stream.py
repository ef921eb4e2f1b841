"""Server-sent events."""

import json
from collections.abc import AsyncIterator

from starlette.responses import StreamingResponse

DONE = "[DONE]"


class BrokenOff(Exception):
    """The stream is to end in the middle; the server then cuts the connection."""


class EventStream(StreamingResponse):
    """Each (event name or None, data) as it is made; data that is no text is sent as JSON.

    Starlette cancels the making when the client goes away.
    """

    media_type = "text/event-stream"

    def __init__(self, events: AsyncIterator[tuple[str | None, object]]) -> None:
        super().__init__(_lines(events), headers={"cache-control": "no-cache"})


async def _lines(events: AsyncIterator[tuple[str | None, object]]) -> AsyncIterator[str]:
    async for name, data in events:
        text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
        yield (f"event: {name}\n" if name else "") + f"data: {text}\n\n"
