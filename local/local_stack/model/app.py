"""The HTTP application: routes, the check of the key, and errors in OpenAI's format.

`bedrock` has the same APIs behind signatures, with errors in AWS's format.
"""

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from local_stack.model.bedrock.account import Account
from local_stack.model.bedrock.app import PATH as BEDROCK_PATH
from local_stack.model.bedrock.app import create_bedrock_app
from local_stack.model.chat_completions_api import create_chat_completion
from local_stack.model.errors import NO_KEY, ApiError, on_api_error, on_http_error, refusal
from local_stack.model.model import Model
from local_stack.model.responses_api import create_response
from local_stack.model.transcriptions_api import create_transcription

MODEL_ID = "scripted-assistant"


def create_app(model: Model | None = None, account: Account | None = None) -> Starlette:
    """Return a server of the model, as OpenAI serves one and as Amazon Bedrock does.

    It accepts any key and any model name. At Bedrock's path it accepts the requests that the
    account allows, by default none.
    """
    served = model or Model()
    bedrock = create_bedrock_app(served, account or Account())
    return Starlette(routes=[Mount(BEDROCK_PATH, bedrock), Mount("/", _openai(served))])


def _openai(served: Model) -> Starlette:
    return Starlette(
        routes=[
            _route("/v1/models", "GET", list_models, served),
            _route("/v1/responses", "POST", create_response, served),
            _route("/v1/chat/completions", "POST", create_chat_completion, served),
            _route("/v1/audio/transcriptions", "POST", create_transcription, served),
        ],
        middleware=[Middleware(RequestIds, served), Middleware(KeyCheck)],
        exception_handlers={ApiError: on_api_error, HTTPException: on_http_error},
    )


async def list_models(_: Request, model: Model) -> Response:
    created = int(model.now().timestamp())
    only = {"id": MODEL_ID, "object": "model", "created": created, "owned_by": "local"}
    return JSONResponse({"object": "list", "data": [only]})


class RequestIds:
    """Middleware that gives each response an id, which operators find in their logs."""

    def __init__(self, app: ASGIApp, model: Model) -> None:
        self.app = app
        self._new_id = model.new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["x-request-id"] = self._new_id("req_")
            await send(message)

        await self.app(scope, receive, sending)


class KeyCheck:
    """Middleware that refuses requests without a bearer key with 401, as OpenAI does."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _has_key(Request(scope)):
            await refusal(ApiError(NO_KEY, status=401))(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _has_key(request: Request) -> bool:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and bool(key.strip())


def _route(
    path: str, method: str, serve: Callable[[Request, Model], Awaitable[Response]], model: Model
) -> Route:
    async def endpoint(request: Request) -> Response:
        return await serve(request, model)

    return Route(path, endpoint, methods=[method])
