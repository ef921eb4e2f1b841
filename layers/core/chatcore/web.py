"""The FastAPI application that the HTTP functions start from."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from chatcore import __version__
from chatcore.asgi import error_response, http_exception, middleware
from chatcore.errors import ApiError, InvalidRequest, TooLarge


def create_app(*, allowed_origins: tuple[str, ...]) -> FastAPI:
    """An application without routes, whose answers carry CORS headers and a request id."""
    app = FastAPI(version=__version__, openapi_url=None, middleware=middleware(allowed_origins))
    app.add_exception_handler(ApiError, _api_error)
    app.add_exception_handler(HTTPException, http_exception)
    app.add_exception_handler(RequestValidationError, _invalid)
    return app


async def bounded_body(request: Request, limit: int) -> bytes:
    """The request's body, read up to `limit` bytes; `TooLarge` beyond."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise TooLarge(f"The request is larger than {limit:,} bytes.")
    return bytes(body)


def _api_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error_response(error)


def _invalid(_request: Request, _error: Exception) -> Response:
    return error_response(InvalidRequest("The request is not one that this address takes."))
