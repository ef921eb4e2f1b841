"""A client for Lambda's Runtime API.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html and, for the streamed response,
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from lambda_stream.error_report import ERROR_BODY, ERROR_TYPE, ErrorReport
from lambda_stream.http.prelude import CONTENT_TYPE
from lambda_stream.http_client import ClientRequest, ClientResponse

JSON = {"Content-Type": "application/json"}
STREAMING = {
    "Content-Type": CONTENT_TYPE,
    "Lambda-Runtime-Function-Response-Mode": "streaming",
    "Transfer-Encoding": "chunked",
    "Trailer": f"{ERROR_TYPE}, {ERROR_BODY}",
}
# The header that identifies one attempt at a request, so that a late response is not mistaken for
# the response to a later attempt:
# https://github.com/aws/aws-lambda-python-runtime-interface-client/pull/214
INVOCATION_ID = "Lambda-Runtime-Invocation-Id"


class UnexpectedStatusError(OSError):
    """The Runtime API answered with an unexpected status."""


@dataclass(frozen=True)
class Invocation:
    """One event and its metadata. The deadline is in milliseconds since the epoch."""

    request_id: str
    deadline_ms: int
    function_arn: str
    trace_id: str | None
    payload: bytes
    invocation_id: str | None = None

    @property
    def path(self) -> str:
        return f"invocation/{self.request_id}"

    @property
    def echoed_headers(self) -> dict[str, str]:
        """The headers that every response to this event must repeat."""
        return {INVOCATION_ID: self.invocation_id} if self.invocation_id else {}


class ResponseStream:
    """The body of one streamed response. Each write is sent immediately as a chunk."""

    def __init__(self, request: ClientRequest) -> None:
        self._request = request

    def write(self, data: bytes) -> None:
        """Send data. Do nothing once the connection is lost."""
        if data:  # an empty chunk would be the last one
            self._request.write(b"%x\r\n%b\r\n" % (len(data), data))

    def end(self, trailers: Mapping[str, str]) -> None:
        """Write the last chunk. Without it the invocation would hang until its timeout."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in trailers.items())
        self._request.write(f"0\r\n{lines}\r\n".encode("latin-1"))

    async def drain(self) -> None:
        await self._request.drain()

    async def accepted(self) -> None:
        """Wait until the Runtime API has accepted the complete response."""
        _expect(202, await self._request.response())


class RuntimeApi:
    """The Runtime API at `address`, "host:port". Every failure is an OSError."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def next(self) -> Invocation:
        """Wait for the next event, without a time limit."""
        request = await self._open("GET", "invocation/next", {})
        return _invocation(_expect(200, await request.response()))

    async def open_response(
        self, invocation: Invocation, lost: asyncio.Future[None] | None = None
    ) -> ResponseStream:
        """Begin a streamed response. `lost` is done once its connection has closed."""
        headers = {**STREAMING, **invocation.echoed_headers}
        path = f"{invocation.path}/response"
        return ResponseStream(await self._open("POST", path, headers, lost))

    async def post_response(self, invocation: Invocation, body: bytes) -> None:
        await self._post(f"{invocation.path}/response", invocation.echoed_headers, body)

    async def post_error(self, invocation: Invocation, report: ErrorReport) -> None:
        """Report an error before a response has begun. After that, errors go into its trailers."""
        headers = {**invocation.echoed_headers, **report.header()}
        await self._post(f"{invocation.path}/error", headers, report.as_json())

    async def post_init_error(self, report: ErrorReport) -> None:
        await self._post("init/error", report.header(), report.as_json())

    async def wait_for_restore(self) -> None:
        """Wait until Lambda has restored the process from its snapshot."""
        request = await self._open("GET", "restore/next", {})
        _expect(200, await request.response())

    async def post_restore_error(self, report: ErrorReport) -> None:
        await self._post("restore/error", report.header(), report.as_json())

    async def _post(self, path: str, headers: Mapping[str, str], body: bytes) -> None:
        length = {"Content-Length": str(len(body))}
        request = await self._open("POST", path, {**JSON, **headers, **length})
        request.write(body)
        _expect(202, await request.response())

    async def _open(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        lost: asyncio.Future[None] | None = None,
    ) -> ClientRequest:
        target = f"/2018-06-01/runtime/{path}"
        return await ClientRequest.open(self._address, method, target, headers, lost)


def _invocation(response: ClientResponse) -> Invocation:
    try:
        return Invocation(
            request_id=response.headers["lambda-runtime-aws-request-id"],
            deadline_ms=int(response.headers["lambda-runtime-deadline-ms"]),
            function_arn=response.headers.get("lambda-runtime-invoked-function-arn", ""),
            trace_id=response.headers.get("lambda-runtime-trace-id"),
            payload=response.body,
            invocation_id=response.headers.get(INVOCATION_ID.lower()),
        )
    except (KeyError, ValueError) as error:
        raise ConnectionError("an event has no id or no deadline") from error


def _expect(status: int, response: ClientResponse) -> ClientResponse:
    if response.status != status:
        reason = response.body.decode(errors="replace").strip()
        raise UnexpectedStatusError(f"the Runtime API answered {response.status}: {reason}")
    return response
