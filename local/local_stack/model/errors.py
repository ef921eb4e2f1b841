"""Errors as OpenAI sends them: {"error": {"message", "type", "param", "code"}}."""

from collections.abc import Sequence

from pydantic_core import ErrorDetails
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

# See https://platform.openai.com/docs/guides/error-codes. The texts are those of the hosted API.
NO_KEY = (
    "You didn't provide an API key. You need to provide your API key in an Authorization header"
    " using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."
)
BAD_JSON = (
    "We could not parse the JSON body of your request. The OpenAI API expects a JSON payload, but"
    " what was sent was not valid JSON."
)
INVALID_REQUEST = "invalid_request_error"


class ApiError(Exception):
    """A refused request; `status` is the HTTP status of the answer."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = INVALID_REQUEST,
        param: str | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.type = type
        self.param = param
        self.code = code


def invalid_field(errors: Sequence[ErrorDetails]) -> ApiError:
    """Return the error of a request body at its deepest invalid field."""
    worst = max(errors, key=lambda error: len(error["loc"]))
    param = "".join(map(_step, worst["loc"])).removeprefix(".") or None
    if worst["type"] == "missing":
        message = f"Missing required parameter: '{param}'."
        return ApiError(message, param=param, code="missing_required_parameter")
    named = f"Invalid '{param}'" if param else "Invalid body"
    return ApiError(f"{named}: {worst['msg']}.", param=param, code="invalid_value")


def _step(part: int | str) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    # Pydantic also names the members of a union: "str", "list[InputItem]", "Function".
    return f".{part}" if part.islower() and part.isidentifier() and part != "str" else ""


def refusal(error: ApiError) -> JSONResponse:
    body = {
        "message": error.message,
        "type": error.type,
        "param": error.param,
        "code": error.code,
    }
    # OpenAI's own clients obey this header; a retry would be refused again.
    headers = {"x-should-retry": "false"}
    return JSONResponse({"error": body}, status_code=error.status, headers=headers)


async def on_api_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ApiError)
    return refusal(error)


async def on_http_error(request: Request, error: Exception) -> JSONResponse:
    """Answer a request for an unknown route or method."""
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        message = f"Not allowed to {request.method} on {request.url.path}."
        return refusal(ApiError(message, status=405, code="method_not_supported"))
    message = f"Invalid URL ({request.method} {request.url.path})"
    return refusal(ApiError(message, status=error.status_code))
