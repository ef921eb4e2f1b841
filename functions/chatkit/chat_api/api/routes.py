"""POST /chatkit: one route for every operation of the ChatKit protocol."""

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace

from chatkit.store import NotFoundError
from chatkit.types import (
    ChatKitReq,
    InputTranscribeReq,
    ItemsListReq,
    NonStreamingReq,
    StreamingReq,
    ThreadsCreateReq,
    ThreadsCustomActionReq,
    ThreadsDeleteReq,
    ThreadsGetByIdReq,
    ThreadsSyncCustomActionReq,
    ThreadStreamEvent,
    is_streaming_req,
)
from fastapi import FastAPI, Request
from starlette.background import BackgroundTask
from starlette.responses import Response, StreamingResponse

from chat_api.api.application import create_app
from chat_api.api.body_size import MAX_DICTATION_BODY_BYTES, read_request
from chat_api.api.context_headers import named_headers
from chat_api.api.operations import changed_item_of, fingerprint_of, thread_of
from chat_api.api.page_requests import add_page_routes
from chat_api.api.requests import check_request, check_stored
from chat_api.conversation.server import ConversationServer
from chat_api.dictation.answer import answer_dictation
from chat_api.request_cache import RequestCache
from chat_api.request_context import RequestContext
from chat_api.sse import sse
from chat_api.store.aws_calls import StoreUnavailable
from chat_api.turn_state import TurnState
from chat_api.turns import lease
from chat_api.turns.deletion import delete_thread
from chat_api.turns.resume import ResumedAnswer
from chat_api.turns.snapshot import SnapshotWriter
from chat_api.turns.turn import UNHURRIED, Pace, Turn
from chatcore.auth.callers import Callers
from chatcore.auth.identity import IdentityVerifier
from chatcore.auth.keys import Keys
from chatcore.errors import ApiError, NotFound, Unavailable
from chatcore.gate.admission import Repeated, Requester
from chatcore.gate.gate import Gate, OpenTurn
from chatcore.gate.row import GateTurn
from chatcore.thread_pools import KEYS
from chatcore.web.asgi import authorization_of

# A turn ends before the function's deadline, with time left to store its text.
DEADLINE_MARGIN_SECONDS = 10.0
SSE_HEADERS = {
    # Proxies must not buffer or change the stream.
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
    context_headers: tuple[str, ...] = (),
    pace: Pace = UNHURRIED,
) -> FastAPI:
    """Return the application.

    With `identity`, login tokens are accepted too. The assistant may read the request headers that
    `context_headers` names.
    """
    callers = Callers(keys, identity)
    chat = Chat(server, gate, pace)
    app = create_app(allowed_origins=allowed_origins, max_body=MAX_DICTATION_BODY_BYTES)

    def context_for(caller: Requester, request: Request) -> RequestContext:
        return RequestContext(
            caller.user,
            caller.session,
            TurnState(server.store.mint_turn()),
            headers=named_headers(request.headers, context_headers),
        )

    async def context_of(request: Request) -> RequestContext:
        return context_for(await KEYS.run(callers.of, authorization_of(request)), request)

    add_page_routes(app, server, gate, context_of)

    @app.post("/chatkit")
    async def chatkit(request: Request) -> Response:
        # A Header() parameter makes FastAPI import pydantic.v1 at every cold start.
        caller = await KEYS.run(callers.of, authorization_of(request))
        body = await request.body()
        operation = read_request(body)
        context = context_for(caller, request)
        try:
            if not is_streaming_req(operation):
                return await chat.answer(operation, context)
            thread_id = thread_of(operation) or server.store.generate_thread_id(context)
            context = replace(context, turn=replace(context.turn, thread_id=thread_id))
            fingerprint = fingerprint_of(operation, body, caller)
            return await chat.stream(operation, fingerprint, context, _seconds_left(request))
        except NotFoundError as error:
            raise NotFound(str(error)) from None
        except StoreUnavailable as error:
            raise Unavailable(error.message) from error

    return app


class Chat:
    """Answers requests of verified callers, as far as the gate admits them."""

    def __init__(self, server: ConversationServer, gate: Gate, pace: Pace) -> None:
        self._server = server
        self._gate = gate
        self._pace = pace

    async def answer(self, operation: NonStreamingReq, context: RequestContext) -> Response:
        """Return the JSON answer to a request that is not streamed."""
        if isinstance(operation, InputTranscribeReq):
            return await answer_dictation(self._server, self._gate, operation, context)
        await lease.admit(self._gate, context)
        self._check(operation)
        await check_stored(operation, self._server.store, context)
        if isinstance(operation, ThreadsDeleteReq):
            thread_id = operation.params.thread_id
            await delete_thread(self._gate, self._server.store, thread_id, context)
            return Response(b"{}", media_type="application/json")
        looks = isinstance(operation, ThreadsGetByIdReq | ItemsListReq)
        json = await self._server.answer(operation, replace(context, for_display=looks))
        return Response(json, media_type="application/json")

    async def stream(
        self,
        operation: StreamingReq,
        fingerprint: str,
        context: RequestContext,
        seconds: float | None,
    ) -> Response:
        """Return a streamed answer whose first event is ready.

        A request with the fingerprint of a running turn gets that turn's answer.
        """
        if isinstance(operation, ThreadsCustomActionReq) and not self._server.actions.opens_turn(
            operation
        ):
            # These need no model, so they also work while an answer is streamed.
            await lease.admit(self._gate, context)
            self._check(operation)
            await check_stored(operation, self._server.store, context)
            events = await self._server.open_stream(operation, context)
            return await self._streamed(Turn(aclosing(events), encode=sse, seconds=seconds), None)
        try:
            self._check(operation)
        except ApiError:
            # A revoked session learns nothing about its request.
            await lease.admit(self._gate, context)
            raise
        first = isinstance(operation, ThreadsCreateReq)
        try:
            opened = await lease.open_turn(
                self._gate, context, fingerprint=fingerprint, first=first
            )
        except Repeated as repeated:
            joined = await self._joined(repeated.turn, operation, context, seconds)
            return await self._streamed(joined, repeated.turn.id)
        return await self._streamed(self._begun(opened, operation, context, seconds), opened.id)

    def _begun(
        self,
        opened: OpenTurn,
        operation: StreamingReq,
        context: RequestContext,
        seconds: float | None,
    ) -> Turn:
        return Turn(
            self._events(opened, operation, context),
            encode=self._encoder(context),
            seconds=seconds,
            asked_to_stop=lease.StopCheck(self._gate, opened, context),
            poll=self._pace.asks,
            # A page may answer a pending item as soon as it sees it.
            closes_first=lambda: context.turn.answer.is_waiting,
        )

    async def _joined(
        self,
        running: GateTurn,
        operation: StreamingReq,
        context: RequestContext,
        seconds: float | None,
    ) -> Turn:
        """Return the answer of a turn that is running already, read from what it stores."""
        await lease.join(self._gate, context, running)
        joined = ResumedAnswer(
            self._server.store,
            self._gate,
            replace(context, turn=TurnState(running.id, running.thread), cache=RequestCache()),
            listener=context.turn.id,
            first=isinstance(operation, ThreadsCreateReq),
            poll=self._pace.asks,
            changed=changed_item_of(operation),
            may_lack_answer=isinstance(operation, ThreadsCustomActionReq),
        )
        return Turn(aclosing(joined.stream()), encode=self._encoder(context), seconds=seconds)

    async def _streamed(self, turn: Turn, turn_id: str | None) -> Response:
        if not await turn.begin():
            raise NotFound("There is nothing to answer.")
        return StreamingResponse(
            turn.events(),
            media_type="text/event-stream",
            headers=SSE_HEADERS | ({"x-chatkit-turn": turn_id} if turn_id else {}),
            # Starlette runs and awaits a background task even if the client has disconnected.
            background=BackgroundTask(turn.finished),
        )

    def _encoder(self, context: RequestContext) -> Callable[[ThreadStreamEvent], bytes]:
        shown = self._server.store.files.shown_event
        return lambda event: sse(shown(event, context.user))

    def _check(self, operation: ChatKitReq) -> None:
        """Raise `InvalidRequest` or `TooLarge` for a fault that the request alone shows."""
        check_request(
            operation,
            models=self._server.models.names,
            tools=self._server.tool_choices,
            takes_mentions=self._server.mentions.are_offered,
        )
        if isinstance(operation, ThreadsCustomActionReq | ThreadsSyncCustomActionReq):
            self._server.actions.check(operation)

    @asynccontextmanager
    async def _events(
        self, opened: OpenTurn, operation: StreamingReq, context: RequestContext
    ) -> AsyncIterator[AsyncIterator[ThreadStreamEvent]]:
        """Open the turn's events. At the end everything is stored and the gate turn is closed.

        The thread is read after the turn was opened, so a later deletion finds the turn.
        """
        store = self._server.store
        async with (
            lease.closing(self._gate, store, opened, context),
            SnapshotWriter(store.snapshots, context).beside(every=self._pace.writes),
        ):
            await check_stored(operation, store, context)
            async with aclosing(await self._server.open_stream(operation, context)) as events:
                yield events


def _seconds_left(request: Request) -> float | None:
    """Return the seconds that the invocation leaves for the turn; None outside of Lambda."""
    invocation = request.scope.get("aws.context")
    if invocation is None:
        return None
    left: float = invocation.get_remaining_time_in_millis() / 1000
    return max(left - DEADLINE_MARGIN_SECONDS, left / 2)
