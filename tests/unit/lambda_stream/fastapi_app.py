"""A FastAPI application with a streamed response and background tasks."""

import asyncio
from collections.abc import AsyncIterator

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, StreamingResponse
from starlette.background import BackgroundTask

from tests.unit.lambda_stream.apps import standing_clock, until_the_deadline
from tests.unit.lambda_stream.breakpoints import gate

app = FastAPI()


async def words() -> AsyncIterator[str]:
    yield "one;"
    await gate("second")
    yield "two;"


async def endless_words() -> AsyncIterator[str]:
    standing_clock()
    yield "one;"
    try:
        await until_the_deadline()
    except asyncio.CancelledError:
        yield "cancelled;"
        raise


@app.post("/chat")
async def chat() -> StreamingResponse:
    return StreamingResponse(words(), background=BackgroundTask(gate, "background"))


@app.post("/endless")
async def endless() -> StreamingResponse:
    return StreamingResponse(endless_words())


@app.post("/looks")
async def looks(request: Request) -> PlainTextResponse:
    async def look() -> None:
        await gate(f"is_disconnected: {await request.is_disconnected()}")

    await request.body()
    await gate(f"within: {await request.is_disconnected()}")
    return PlainTextResponse("all", background=BackgroundTask(look))


@app.post("/faulty")
async def faulty() -> None:
    raise LookupError("no such thing")
