"""Refusals in AWS's format: the kind in the header x-amzn-errortype, the sentence in the body."""

from uuid import uuid4

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from local_stack.model.errors import ApiError

REQUEST_ID = "x-amzn-requestid"
# The kind for each status of the scripted model's own errors.
_KINDS = {
    400: "ValidationException",
    401: "UnrecognizedClientException",
    404: "ResourceNotFoundException",
    429: "ThrottlingException",
    500: "InternalServerException",
}


class AwsError(Exception):
    """A refused request. IAM spells the field of its sentence `Message`, services `message`."""

    def __init__(
        self, kind: str, message: str, *, status: int = 403, field: str = "message"
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.status = status
        self.field = field


def request_id() -> dict[str, str]:
    """Return the header that names a request."""
    return {REQUEST_ID: str(uuid4())}


async def on_aws_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AwsError)
    kind = f"{error.kind}:http://internal.amazon.com/coral/com.amazon.bedrock/"
    headers = {"x-amzn-errortype": kind, **request_id()}
    return JSONResponse({error.field: error.message}, error.status, headers)


async def on_api_error(request: Request, error: Exception) -> JSONResponse:
    """Send an error of the scripted model as Bedrock sends one of the same status."""
    assert isinstance(error, ApiError)
    kind = _KINDS.get(error.status, "ValidationException")
    return await on_aws_error(request, AwsError(kind, error.message, status=error.status))


async def on_http_error(request: Request, error: Exception) -> JSONResponse:
    """Answer a request for an unknown route or method."""
    assert isinstance(error, HTTPException)
    unknown = AwsError("UnknownOperationException", "", status=error.status_code)
    return await on_aws_error(request, unknown)
