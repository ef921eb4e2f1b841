"""Server-sent events."""

import json
from collections.abc import AsyncIterator

from starlette.responses import StreamingResponse

DONE = "[DONE]"


class BrokenOff(Exception):
    """Raised to end a stream in the middle; the server then closes the connection."""


class EventStream(StreamingResponse):
    """Sends each (event name or None, data) at once; data other than text is sent as JSON.

    Starlette cancels the iterator when the client disconnects.
    """

    media_type = "text/event-stream"

    def __init__(self, events: AsyncIterator[tuple[str | None, object]]) -> None:
        super().__init__(_lines(events), headers={"cache-control": "no-cache"})


async def _lines(events: AsyncIterator[tuple[str | None, object]]) -> AsyncIterator[str]:
    async for name, data in events:
        text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
        yield (f"event: {name}\n" if name else "") + f"data: {text}\n\n"
