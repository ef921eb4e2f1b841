"""The FastAPI application of the chatkit function, before its routes are added."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import Response

from chatcore import __version__
from chatcore.errors import InvalidRequest
from chatcore.web.asgi import error_response, exception_handlers, middleware


def create_app(*, allowed_origins: tuple[str, ...], max_body: int) -> FastAPI:
    """Return an application without routes, whose responses carry CORS headers and a request id."""
    return FastAPI(
        version=__version__,
        openapi_url=None,
        # A redirect would name an address without the stage, and have no body.
        redirect_slashes=False,
        middleware=middleware(allowed_origins, max_body),
        exception_handlers=exception_handlers() | {RequestValidationError: _invalid},
    )


def _invalid(_request: Request, _error: Exception) -> Response:
    return error_response(InvalidRequest("This address does not accept this request."))
