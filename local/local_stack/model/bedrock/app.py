"""Bedrock's OpenAI-compatible endpoint: it verifies a request, then the scripted model answers."""

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local_stack.model.bedrock import sigv4
from local_stack.model.bedrock.account import Account
from local_stack.model.bedrock.errors import (
    AwsError,
    on_api_error,
    on_aws_error,
    on_http_error,
    request_id,
)
from local_stack.model.chat_completions_api import create_chat_completion
from local_stack.model.errors import ApiError
from local_stack.model.model import Model
from local_stack.model.responses_api import create_response

# The path at which the openai library expects the endpoint.
PATH = "/openai/v1"

type Serve = Callable[[Request, Model], Awaitable[Response]]


def create_bedrock_app(model: Model, account: Account) -> Starlette:
    """Return the endpoint, to be mounted at PATH. It reads the account for each request."""
    apis: dict[str, Serve] = {
        "/responses": create_response,
        "/chat/completions": create_chat_completion,
    }
    return Starlette(
        routes=[_route(path, serve, model, account) for path, serve in apis.items()],
        exception_handlers={
            AwsError: on_aws_error,
            ApiError: on_api_error,
            HTTPException: on_http_error,
        },
    )


def _route(path: str, serve: Serve, model: Model, account: Account) -> Route:
    async def endpoint(request: Request) -> Response:
        scope = account.authenticate(await _as_sent(request), model.now())
        name, streamed = await _asked(request)
        account.authorize(scope, name, streamed=streamed)
        response = await serve(request, model)
        response.headers.update(request_id())
        return response

    return Route(path, endpoint, methods=["POST"])


async def _as_sent(request: Request) -> sigv4.Request:
    return sigv4.Request(
        request.method,
        request.scope["raw_path"].decode("ascii"),
        request.scope["query_string"].decode("ascii"),
        tuple(request.headers.items()),
        await request.body(),
    )


async def _asked(request: Request) -> tuple[str, bool]:
    """Return the model and whether its answer is streamed, as far as the body can be read."""
    try:
        body = await request.json()
    except ValueError:
        body = None
    asked = body if isinstance(body, dict) else {}
    return str(asked.get("model", "")), asked.get("stream") is True
