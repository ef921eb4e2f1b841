"""Events from sse-starlette, which starts a task that never ends."""

from collections.abc import AsyncIterator

from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from tests.unit.lambda_stream.breakpoints import gate


async def stream(request: Request) -> EventSourceResponse:
    async def events() -> AsyncIterator[dict[str, str]]:
        yield {"data": "one;"}
        await gate(request.query_params["wait"])
        yield {"data": "two;", "event": "last"}

    return EventSourceResponse(events())


async def broken_stream(request: Request) -> EventSourceResponse:
    async def events() -> AsyncIterator[dict[str, str]]:
        yield {"data": "one;"}
        raise LookupError("broken")

    return EventSourceResponse(events())


app = Starlette(routes=[Route("/stream", stream), Route("/broken-stream", broken_stream)])
