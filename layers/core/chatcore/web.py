"""The FastAPI application that the chatkit function starts from."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import Response

from chatcore import __version__
from chatcore.asgi import error_response, exception_handlers, middleware
from chatcore.errors import InvalidRequest, TooLarge


def create_app(*, allowed_origins: tuple[str, ...]) -> FastAPI:
    """An application without routes, whose answers carry CORS headers and a request id."""
    return FastAPI(
        version=__version__,
        openapi_url=None,
        middleware=middleware(allowed_origins),
        exception_handlers=exception_handlers() | {RequestValidationError: _invalid},
    )


async def bounded_body(request: Request, limit: int) -> bytes:
    """The request's body, read up to `limit` bytes; `TooLarge` beyond."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise TooLarge(f"The request is larger than {limit:,} bytes.")
    return bytes(body)


def _invalid(_request: Request, _error: Exception) -> Response:
    return error_response(InvalidRequest("The request is not one that this address takes."))
