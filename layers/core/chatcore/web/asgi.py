"""What every HTTP function starts from: CORS headers, a request id and JSON errors."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Lifespan, Message, Receive, Scope, Send

from chatcore.errors import ApiError, http_body, http_status
from chatcore.logs import described, logger
from chatcore.web.body_limit import BodyLimit
from chatcore.web.origins import Origins

REQUEST_ID_HEADER = "x-request-id"
HTTP_CODES = {404: "not_found", 405: "method_not_allowed"}
EXPOSED_HEADERS = [REQUEST_ID_HEADER, "x-chatkit-turn", "retry-after"]


type Failure = Callable[[Exception, Scope], Response]


def middleware(
    allowed_origins: tuple[str, ...], max_body: int, *, failure: Failure | None = None
) -> list[Middleware]:
    """The layers around an application, outermost first; `max_body` in bytes.

    `failure` answers what nothing else took; JSON as every route has it, unless given.
    """
    cors = Middleware(
        CORSMiddleware,
        allow_origin_regex=Origins(allowed_origins).regex,
        allow_methods=["GET", "POST", "DELETE", "OPTIONS"],
        # No cookie counts here, so a header that a page adds gives it nothing.
        allow_headers=["*"],
        expose_headers=EXPOSED_HEADERS,
        max_age=7200,
    )
    requests = Middleware(Requests, failure=failure or json_failure)
    return [cors, requests, Middleware(BodyLimit, limit=max_body)]


def create_app(
    routes: Sequence[BaseRoute],
    *,
    allowed_origins: tuple[str, ...],
    max_body: int,
    lifespan: Lifespan[Starlette] | None = None,
) -> Starlette:
    """An application with these routes, for a function that has no use for more than Starlette."""
    app = Starlette(
        routes=routes,
        exception_handlers=exception_handlers(),
        middleware=middleware(allowed_origins, max_body),
        lifespan=lifespan,
    )
    # A redirect would name an address without the stage of API Gateway's own.
    app.router.redirect_slashes = False
    return app


def authorization_of(request: HTTPConnection) -> str | None:
    """Return the Authorization header, or None.

    A request with several gets all of them joined, which is no token: RFC 9110 section 11.6.2 knows
    one, and to choose would let a proxy and this service see different users.
    """
    return ", ".join(request.headers.getlist("authorization")) or None


def exception_handlers() -> dict[Any, Any]:
    return {ApiError: _api_error, HTTPException: _http_exception}


def error_response(error: ApiError) -> JSONResponse:
    return JSONResponse(http_body(error), http_status(error), error.headers)


def _api_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error_response(error)


def _http_exception(_request: Request, error: Exception) -> Response:
    """What Starlette refuses by itself: an unknown path, a wrong method."""
    assert isinstance(error, HTTPException)
    code = HTTP_CODES.get(error.status_code, "invalid_request")
    return JSONResponse({"message": error.detail, "code": code}, error.status_code, error.headers)


class Requests:
    """Gives each request its id, in the answer's header and in every log line made for it.

    It also answers an exception that nothing else took, inside the CORS layer, so that a page can
    read it. After the first byte the exception goes on to the server.
    """

    def __init__(self, app: ASGIApp, failure: Failure) -> None:
        self._app = app
        self._failure = failure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        started = False

        async def send_with_id(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message)[REQUEST_ID_HEADER] = request_id
            await send(message)

        logger.thread_safe_append_keys(request_id=request_id)
        try:
            await self._app(scope, receive, send_with_id)
        except Exception as error:
            if started:
                raise
            await self._failure(error, scope)(scope, receive, send_with_id)


def json_failure(error: Exception, scope: Scope) -> Response:
    if isinstance(error, ApiError):
        return error_response(error)
    logger.error("request_failed", path=scope["path"], **described(error))
    body = {"message": "Something went wrong on our side.", "code": "internal"}
    return JSONResponse(body, 500)


def _request_id(scope: Scope) -> str:
    """API Gateway's id, which its access log carries too; one of our own elsewhere."""
    event: dict[str, Any] = scope.get("aws.event", {})
    return str(event.get("requestContext", {}).get("requestId") or uuid.uuid4())
