"""HTTP to another Lambda function by direct Invoke.

The request becomes the REST proxy event that API Gateway would send, so the function has one kind
of event and one handler. IAM decides who may invoke it; the token says which user is asking.
"""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx2
from botocore.exceptions import BotoCoreError, ClientError, ConnectionClosedError

from chat_api.tools.retries import DEFAULT_RETRIES, InvokeRetries, may_have_run
from chatcore.logs import described, logger
from chatcore.thread_pools import TOOLS

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

# After a thaw every pooled connection may be dead. A call that meets one frees its slot, but
# concurrent calls may take the slot first, and then the call meets the next dead connection.
ATTEMPTS = 4


class LambdaTransport(httpx2.AsyncBaseTransport):
    """Sends each request to one function.

    A call that Lambda refused before the function ran is sent again, as `retries` allows. Raise
    `httpx2.ConnectError` if the function did not run, and `httpx2.ReadError` if it may have run.
    """

    def __init__(
        self,
        client: Callable[[], LambdaClient],
        function: str,
        *,
        retries: InvokeRetries = DEFAULT_RETRIES,
    ) -> None:
        self._client = client
        self._function = function
        self._retries = retries

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        payload = json.dumps(proxy_event(request, await request.aread())).encode()
        attempts = self._retries.begin()
        while True:
            try:
                return proxy_response(await self._answered(payload), request)
            except (BotoCoreError, ClientError) as error:
                if await attempts.wait_after(error):
                    continue
                logger.error(
                    "invoke_failed",
                    function=self._function,
                    attempts=attempts.made,
                    **described(error),
                )
                if may_have_run(error):
                    message = "The function's answer was lost"
                    raise httpx2.ReadError(message, request=request) from error
                message = "The function cannot be invoked"
                raise httpx2.ConnectError(message, request=request) from error

    async def _answered(self, payload: bytes) -> dict[str, Any]:
        # One thread per attempt, so that a stopped turn makes no further attempt.
        for _ in range(ATTEMPTS - 1):
            # The call may have done its work although its answer was lost. Idempotency keys
            # keep the tools from acting twice.
            with suppress(ConnectionClosedError):
                return await TOOLS.run(self._invoke, payload)
        return await TOOLS.run(self._invoke, payload)

    def _invoke(self, payload: bytes) -> dict[str, Any]:
        answer = self._client().invoke(FunctionName=self._function, Payload=payload)
        content = answer["Payload"].read()
        if "FunctionError" in answer:
            logger.error("invoked_function_failed", function=self._function)
            return {"statusCode": 502, "body": ""}
        response: dict[str, Any] = json.loads(content)
        return response


def proxy_event(request: httpx2.Request, body: bytes) -> dict[str, Any]:
    """Return a REST API Lambda proxy event (API Gateway's input format for proxy integrations)."""
    headers = {name: value for name, value in request.headers.items() if name != "content-length"}
    path = request.url.path
    return {
        "resource": path,
        "path": path,
        "httpMethod": request.method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": path,
            "path": path,
            "httpMethod": request.method,
            "requestId": str(uuid.uuid4()),
            "requestTimeEpoch": int(time.time() * 1000),
            "protocol": "HTTP/1.1",
            "domainName": request.url.host,
            "identity": {"sourceIp": None},
        },
        "body": body.decode(),
        "isBase64Encoded": False,
    }


def proxy_response(answer: dict[str, Any], request: httpx2.Request) -> httpx2.Response:
    """Return the HTTP response in a proxy integration's JSON."""
    headers = [(name, str(value)) for name, value in (answer.get("headers") or {}).items()]
    headers += [
        (name, str(value))
        for name, values in (answer.get("multiValueHeaders") or {}).items()
        for value in values
    ]
    body = (answer.get("body") or "").encode()
    content = base64.b64decode(body) if answer.get("isBase64Encoded") else body
    return httpx2.Response(answer["statusCode"], headers=headers, content=content, request=request)
