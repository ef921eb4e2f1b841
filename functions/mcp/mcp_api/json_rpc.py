"""Errors in the format that MCP clients expect: JSON-RPC, at every HTTP status."""

from collections.abc import Mapping

from mcp_types import INTERNAL_ERROR, INVALID_REQUEST
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from chatcore.errors import ApiError, http_body, http_status
from chatcore.logs import described, logger
from chatcore.web.asgi import HTTP_CODES
from mcp_api.discovery import with_metadata


def refused_by_starlette(_request: Request, error: Exception) -> Response:
    """Return the response to a wrong method or an unknown path."""
    assert isinstance(error, HTTPException)
    code = HTTP_CODES.get(error.status_code, "invalid_request")
    return _error(error.status_code, error.detail, code, error.headers or {})


def failure(error: Exception, scope: Scope) -> Response:
    """Return the response to an error that was raised before a response began."""
    if isinstance(error, ApiError):
        headers = with_metadata(error.headers, scope)
        return _error(http_status(error), error.message, http_body(error)["code"], headers)
    logger.error("request_failed", path=scope["path"], **described(error))
    return _error(500, "Something went wrong on our side.", "internal", {})


def _error(status: int, message: str, code: str, headers: Mapping[str, str]) -> Response:
    """Return a JSON-RPC error. Its `data.code` is what other routes send as `code`."""
    error = {
        "code": INVALID_REQUEST if status < 500 else INTERNAL_ERROR,
        "message": message,
        "data": {"code": code},
    }
    return JSONResponse({"jsonrpc": "2.0", "id": None, "error": error}, status, headers)
