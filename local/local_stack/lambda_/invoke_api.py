"""Lambda's Invoke API for the template's functions, used by boto3 and by signed HTTP calls.

Source: AWS Lambda API Reference, "Invoke", "PutFunctionConcurrency" and
"DeleteFunctionConcurrency".
"""

import uuid
from collections.abc import Mapping
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local_stack.lambda_.concurrency import Concurrency, Throttled
from local_stack.lambda_.draining import Invocable

PAYLOAD_LIMIT = 6 * 1024 * 1024


def invoke_api(functions: Mapping[str, Invocable], concurrency: Concurrency) -> Starlette:
    """Return the API as an ASGI application; a function is called by its name or its ARN.

    A reserved concurrency of 0 throttles a function until the reservation is deleted.
    """

    async def invoke(request: Request) -> Response:
        name = _name(request)
        function = functions.get(name)
        if function is None:
            return _refused(404, "ResourceNotFoundException", f"Function not found: {name}")
        if request.headers.get("x-amz-invocation-type", "RequestResponse") != "RequestResponse":
            message = "The local stack only supports the invocation type RequestResponse."
            return _refused(400, "InvalidParameterValueException", message)
        payload = await request.body()
        if len(payload) > PAYLOAD_LIMIT:
            message = f"Request must be smaller than {PAYLOAD_LIMIT} bytes."
            return _refused(413, "RequestTooLargeException", message)
        trace_id = request.headers.get("x-amzn-trace-id", f"Root=1-0-{uuid.uuid4().hex[:24]}")
        return await _answer(function, payload or b"{}", trace_id)

    async def reserve(request: Request) -> Response:
        name = _name(request)
        if name not in functions:
            return _refused(404, "ResourceNotFoundException", f"Function not found: {name}")
        if request.method == "DELETE":
            concurrency.reserved.pop(name, None)
            return Response(status_code=204)
        reserved = (await request.json())["ReservedConcurrentExecutions"]
        concurrency.reserved[name] = reserved
        return JSONResponse({"ReservedConcurrentExecutions": reserved})

    invocations = "/2015-03-31/functions/{name}/invocations"
    reservation = "/2017-10-31/functions/{name}/concurrency"
    return Starlette(
        routes=[
            Route(invocations, invoke, methods=["POST"]),
            Route(reservation, reserve, methods=["PUT", "DELETE"]),
        ]
    )


def _name(request: Request) -> str:
    """Return the function's name from a request that has its name or its ARN."""
    return unquote(request.path_params["name"]).rpartition(":")[2]


async def _answer(function: Invocable, payload: bytes, trace_id: str) -> Response:
    try:
        answer = await function.invoke(payload, trace_id)
    except Throttled as throttled:
        return _throttled(throttled)
    body = b"".join([chunk async for chunk in answer.chunks])
    headers = {"x-amz-executed-version": "$LATEST", "x-amzn-requestid": str(uuid.uuid4())}
    if answer.error is not None:
        headers["x-amz-function-error"] = "Unhandled"
        body = answer.error.payload
    return Response(body, 200, headers, media_type="application/json")


def _throttled(throttled: Throttled) -> Response:
    body = {"Reason": throttled.reason.value, "Type": "User", "message": "Rate Exceeded."}
    headers = {
        "x-amzn-errortype": "TooManyRequestsException",
        "x-amzn-requestid": str(uuid.uuid4()),
    }
    return JSONResponse(body, 429, headers)


def _refused(status: int, error: str, message: str) -> Response:
    body = {"Type": "User", "Message": message}
    headers = {"x-amzn-errortype": error, "x-amzn-requestid": str(uuid.uuid4())}
    return JSONResponse(body, status, headers)
