"""POST /chatkit: one route for every operation of the ChatKit protocol."""

import asyncio
import uuid
from collections.abc import AsyncGenerator
from dataclasses import replace

from chatkit.server import StreamingResult
from chatkit.store import NotFoundError
from chatkit.types import ChatKitReq, StreamingReq, is_streaming_req
from fastapi import FastAPI, Request
from starlette.background import BackgroundTask
from starlette.responses import Response, StreamingResponse

from chat_api import gated
from chat_api.callers import Callers
from chat_api.context import ChatContext
from chat_api.operations import check_operation, read_operation
from chat_api.server import ConversationServer
from chat_api.store.table import StoreUnavailable
from chat_api.turn import Turn
from chatcore.errors import ApiError, NotFound, Unavailable
from chatcore.gate.gate import Gate
from chatcore.identity import IdentityVerifier
from chatcore.keys import Keys
from chatcore.web import create_app

MAX_BODY_BYTES = 1024 * 1024
# A turn ends itself before the function's deadline, with time to keep what there is.
DEADLINE_MARGIN_SECONDS = 10.0
SSE_HEADERS = {
    # No proxy may hold back or change what is streamed.
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",
}


def create_chat_app(
    server: ConversationServer,
    gate: Gate,
    keys: Keys,
    *,
    identity: IdentityVerifier | None = None,
    allowed_origins: tuple[str, ...],
) -> FastAPI:
    """The application. `identity` verifies login tokens too, where they are taken."""
    callers = Callers(keys, identity)
    chat = Chat(server, gate)
    app = create_app(allowed_origins=allowed_origins, max_body=MAX_BODY_BYTES)

    @app.post("/chatkit")
    async def chatkit(request: Request) -> Response:
        # A Header() would have FastAPI import pydantic.v1, at every cold start.
        caller = await asyncio.to_thread(callers.of, request.headers.get("authorization"))
        body = await request.body()
        operation = read_operation(body)
        context = ChatContext(caller.user, caller.session, f"turn_{uuid.uuid4().hex}")
        try:
            if not is_streaming_req(operation):
                return await chat.answer(operation, body, context)
            thread_id = _thread_of(operation) or server.store.generate_thread_id(context)
            context = replace(context, thread_id=thread_id)
            return await chat.stream(operation, body, context, _seconds_left(request))
        except NotFoundError as error:
            raise NotFound(str(error)) from None
        except StoreUnavailable as error:
            raise Unavailable(error.message) from error

    return app


class Chat:
    """Answers one request whose caller is known, as far as the gate lets him in."""

    def __init__(self, server: ConversationServer, gate: Gate) -> None:
        self._server = server
        self._gate = gate

    async def answer(self, operation: ChatKitReq, body: bytes, context: ChatContext) -> Response:
        """The JSON answer to what costs no model call."""
        await gated.check(self._gate, context)
        await check_operation(operation, self._server.store, context)
        result = await self._server.process(body, context)
        assert not isinstance(result, StreamingResult)
        return Response(result.json, media_type="application/json")

    async def stream(
        self, operation: ChatKitReq, body: bytes, context: ChatContext, seconds: float | None
    ) -> Response:
        """A streamed answer, whose first event is there already."""
        try:
            await check_operation(operation, self._server.store, context)
        except (ApiError, NotFoundError):
            # A revoked session learns nothing, not even what is wrong with its request.
            await gated.check(self._gate, context)
            raise
        opened = await gated.open_turn(self._gate, context)
        events = gated.within(self._gate, opened, context, self._events(body, context))
        turn = Turn(
            events,
            seconds=seconds,
            asked_to_stop=gated.AskedToStop(self._gate, opened),
        )
        if not await turn.begin():
            raise NotFound("There is nothing to answer.")
        return StreamingResponse(
            turn.events(),
            media_type="text/event-stream",
            headers=SSE_HEADERS | {"x-chatkit-turn": context.turn_id},
            # A response's background task also runs, and is waited for, when its client has left.
            background=BackgroundTask(turn.finished),
        )

    async def _events(self, body: bytes, context: ChatContext) -> AsyncGenerator[bytes]:
        result = await self._server.process(body, context)
        assert isinstance(result, StreamingResult)
        async for event in result.json_events:
            yield event


def _thread_of(operation: StreamingReq) -> str | None:
    """The thread that a turn goes on with; None for a new one."""
    return getattr(operation.params, "thread_id", None)


def _seconds_left(request: Request) -> float | None:
    """What is left of the invocation for the turn; None outside Lambda."""
    invocation = request.scope.get("aws.context")
    if invocation is None:
        return None
    left: float = invocation.get_remaining_time_in_millis() / 1000
    return max(left - DEADLINE_MARGIN_SECONDS, left / 2)
