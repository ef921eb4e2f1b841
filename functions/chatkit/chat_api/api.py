"""POST /chatkit: one route for every operation of the ChatKit protocol."""

import asyncio
import uuid

from chatkit.server import StreamingResult
from chatkit.store import NotFoundError
from fastapi import FastAPI, Request
from starlette.background import BackgroundTask
from starlette.responses import Response, StreamingResponse

from chat_api.context import ChatContext
from chat_api.operations import check_operation, read_operation
from chat_api.server import ConversationServer
from chat_api.store.table import StoreUnavailable
from chat_api.turn import Turn
from chatcore.errors import NotFound, Unavailable
from chatcore.keys import Keys
from chatcore.tokens import CLIENT_SECRET, bearer
from chatcore.web import bounded_body, create_app

MAX_BODY_BYTES = 1024 * 1024
# A turn ends itself before the function's deadline, with time to keep what there is.
DEADLINE_MARGIN_SECONDS = 10.0
SSE_HEADERS = {
    # No proxy may hold back or change what is streamed.
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",
}


def create_chat_app(
    server: ConversationServer, keys: Keys, *, allowed_origins: tuple[str, ...]
) -> FastAPI:
    app = create_app(allowed_origins=allowed_origins)

    @app.post("/chatkit")
    async def chatkit(request: Request) -> Response:
        # A Header() would have FastAPI import pydantic.v1, at every cold start.
        token = bearer(request.headers.get("authorization"))
        claims = await asyncio.to_thread(CLIENT_SECRET.verify, keys, token)
        body = await bounded_body(request, MAX_BODY_BYTES)
        context = ChatContext(claims["sub"], claims["sid"], f"turn_{uuid.uuid4().hex}")
        try:
            return await _answer(server, body, context, _seconds_left(request))
        except NotFoundError as error:
            raise NotFound(str(error)) from None
        except StoreUnavailable as error:
            raise Unavailable(error.message) from error

    return app


async def _answer(
    server: ConversationServer, body: bytes, context: ChatContext, seconds: float | None
) -> Response:
    """The JSON answer, or a streamed one whose first event is there already."""
    await check_operation(read_operation(body), server.store, context)
    result = await server.process(body, context)
    if not isinstance(result, StreamingResult):
        return Response(result.json, media_type="application/json")
    turn = Turn(result.json_events, seconds=seconds)
    if not await turn.begin():
        raise NotFound("There is nothing to answer.")
    return StreamingResponse(
        turn.events(),
        media_type="text/event-stream",
        headers=SSE_HEADERS | {"x-chatkit-turn": context.turn_id},
        # A response's background task also runs, and is waited for, when its client has left.
        background=BackgroundTask(turn.finished),
    )


def _seconds_left(request: Request) -> float | None:
    """What is left of the invocation for the turn; None outside Lambda."""
    invocation = request.scope.get("aws.context")
    if invocation is None:
        return None
    left: float = invocation.get_remaining_time_in_millis() / 1000
    return max(left - DEADLINE_MARGIN_SECONDS, left / 2)
