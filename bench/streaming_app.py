"""The small application that bench/streaming.py runs on each server."""

import asyncio
import json
from collections.abc import AsyncIterator

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from mangum import Mangum

PACED_EVENTS = 50
PAUSE = 0.01
RUSHED_EVENTS = 2000

app = FastAPI()


def event(number: int) -> str:
    """Return an event as long as a word in the chat's stream."""
    update = {"type": "assistant_message.content_part.text_delta", "content_index": 0}
    content = {"type": "thread.item.updated", "item_id": f"msg_{number:026}"}
    return f"data: {json.dumps({**content, 'update': {**update, 'delta': ' word'}})}\n\n"


async def events(count: int, pause: float) -> AsyncIterator[str]:
    for number in range(count):
        if pause:
            await asyncio.sleep(pause)
        yield event(number)


@app.post("/paced")
async def paced() -> StreamingResponse:
    return StreamingResponse(events(PACED_EVENTS, PAUSE), media_type="text/event-stream")


@app.post("/rushed")
async def rushed() -> StreamingResponse:
    return StreamingResponse(events(RUSHED_EVENTS, 0), media_type="text/event-stream")


mangum = Mangum(app, lifespan="off")
