"""The base of every HTTP function: CORS headers, a request id and JSON errors."""

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

# Answers an exception that was raised before the response started.
type FailureHandler = Callable[[Exception, Scope], Response]


def middleware(
    allowed_origins: tuple[str, ...], max_body: int, *, failure: FailureHandler | None = None
) -> list[Middleware]:
    """Return the middleware of an application, outermost first. `max_body` is in bytes.

    `failure` answers unhandled exceptions, by default with the JSON error of every route.
    """
    cors = Middleware(
        CORSMiddleware,
        allow_origin_regex=Origins(allowed_origins).regex,
        allow_methods=["GET", "POST", "DELETE", "OPTIONS"],
        # Cookies are not used, so an added header gives a page no additional rights.
        allow_headers=["*"],
        expose_headers=EXPOSED_HEADERS,
        max_age=7200,
    )
    request_id = Middleware(RequestId, failure=failure or json_failure)
    return [cors, request_id, Middleware(BodyLimit, limit=max_body)]


def create_app(
    routes: Sequence[BaseRoute],
    *,
    allowed_origins: tuple[str, ...],
    max_body: int,
    lifespan: Lifespan[Starlette] | None = None,
) -> Starlette:
    """Return an application with these routes, for a function that needs only Starlette."""
    app = Starlette(
        routes=routes,
        exception_handlers=exception_handlers(),
        middleware=middleware(allowed_origins, max_body),
        lifespan=lifespan,
    )
    # A redirect would lack the stage in the path of API Gateway's own URL.
    app.router.redirect_slashes = False
    return app


def authorization_of(request: HTTPConnection) -> str | None:
    """Return the Authorization header, or None.

    Several headers are joined, which makes the token invalid: RFC 9110 section 11.6.2 allows only
    one, and choosing one could let a proxy and this service see different users.
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
    """Answer what Starlette itself refuses: an unknown path, a wrong method."""
    assert isinstance(error, HTTPException)
    code = HTTP_CODES.get(error.status_code, "invalid_request")
    return JSONResponse({"message": error.detail, "code": code}, error.status_code, error.headers)


class RequestId:
    """Adds a request id to the response headers and to every log line of the request.

    It also answers unhandled exceptions inside the CORS layer, so that a page can read the answer.
    Once the response has started, the exception is passed on to the server.
    """

    def __init__(self, app: ASGIApp, failure: FailureHandler) -> None:
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
    """Return API Gateway's id, which is also in its access log, or else a new one."""
    event: dict[str, Any] = scope.get("aws.event", {})
    return str(event.get("requestContext", {}).get("requestId") or uuid.uuid4())
