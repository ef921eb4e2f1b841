"""Lambda's Runtime API for one execution environment.

Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html. Where it says nothing, this
follows awslambdaric, AWS's runtime client for Python.
"""

import asyncio
import base64
import json
from contextlib import suppress

import h11

from local_stack.browser_guard import Refusal, other_page, wrong_host
from local_stack.lambda_.answer import Answer, FunctionError
from local_stack.lambda_.invocations import Invocation, Invocations
from local_stack.lambda_.runtime_api_connection import Connection

LARGEST_BUFFERED_RESPONSE = 6_291_556
ERROR_TYPE = b"lambda-runtime-function-error-type"
ERROR_BODY = b"lambda-runtime-function-error-body"
RESPONSE_MODE = b"lambda-runtime-function-response-mode"
ACCEPTED = b'{"status":"OK"}\n'


class RuntimeApi:
    """Gives invocations to the process that polls, one at a time, and receives its answers.

    `init_error` is set when the process reports that it cannot start, `exited` when it has ended.
    After either, every invocation fails immediately.
    """

    def __init__(self) -> None:
        self.init_error: FunctionError | None = None
        self.exited: str | None = None
        self._invocations = Invocations()
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self) -> str:
        """Listen on a free port and return the value for AWS_LAMBDA_RUNTIME_API."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()
        return f"{host}:{port}"

    async def stop(self) -> None:
        """End the running invocation as if the process had died, and close every connection."""
        self.process_died("the Runtime API was stopped")
        for connection in self._connections:
            connection.cancel()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    @property
    def idle(self) -> bool:
        """Whether the process polls, so that all work of the last invocation is done."""
        return self._invocations.polling.is_set()

    async def polled(self) -> None:
        """Wait until the process polls for an event.

        By then it has started, and all work of the last invocation is done, background work too.
        """
        await self._invocations.polling.wait()

    async def invoke(
        self, payload: bytes, *, deadline_ms: int, request_id: str, function_arn: str, trace_id: str
    ) -> Answer:
        """Return once the function begins to answer, or has failed.

        At `deadline_ms` (since the epoch) the answer ends with Sandbox.Timedout. Lambda then also
        ends the process; here its owner does.
        """
        invocation = Invocation(request_id, payload, deadline_ms, function_arn, trace_id)
        self._invocations.add(invocation)
        self._fail_if_gone()
        await invocation.answer.begun.wait()
        return invocation.answer

    def process_died(self, reason: str) -> None:
        """End every open invocation, even in mid-stream, with Runtime.ExitError."""
        self.exited = reason
        self._invocations.polling.clear()
        self._fail_if_gone()

    def _fail_if_gone(self) -> None:
        if self.init_error is not None:
            self._invocations.end_all(self.init_error)
        elif self.exited is not None:
            self._invocations.fail_all("Runtime.ExitError", self.exited)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(Connection(reader, writer)))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, connection: Connection) -> None:
        # A broken connection affects no other one. As on Lambda, an answer that it cut short
        # hangs until the process dies, polls again or times out.
        with connection, suppress(h11.RemoteProtocolError, OSError):
            while request := await connection.request():
                await self._route(request, connection)

    async def _route(self, request: h11.Request, connection: Connection) -> None:
        if refusal := _refusal_of_page(request):
            await _refuse(connection, refusal.status, "Forbidden", refusal.message)
            return
        resource = request.target.removeprefix(b"/2018-06-01/runtime/").decode()
        match request.method, *resource.split("/"):
            case b"GET", "invocation", "next":
                await self._next(connection)
            case b"POST", "init", "error":
                await self._init_error(request, connection)
            case b"POST", "invocation", request_id, "response" | "error" as kind:
                invocation = self._invocations.current
                if invocation is None or invocation.request_id != request_id:
                    await _refuse(connection, 400, "InvalidRequestID", "Invalid request ID")
                elif invocation.answer.begun.is_set():
                    await _refuse(connection, 403, "InvalidStateTransition", "Already answered")
                elif kind == "error":
                    await _error(invocation.answer, request, connection)
                elif dict(request.headers).get(RESPONSE_MODE) == b"streaming":
                    await _streamed(invocation.answer, request, connection)
                else:
                    await _buffered(invocation.answer, request, connection)
            case _:
                await _refuse(connection, 404, "NotFound", "No such resource")

    async def _next(self, connection: Connection) -> None:
        await connection.whole_body()
        invocation = await self._invocations.take()
        fields = {
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(invocation.deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": invocation.function_arn,
            "Lambda-Runtime-Trace-Id": invocation.trace_id,
        }
        headers = [(name.encode(), value.encode()) for name, value in fields.items() if value]
        await connection.respond(200, invocation.payload, headers)

    async def _init_error(self, request: h11.Request, connection: Connection) -> None:
        self.init_error = await _posted_error(request, connection)
        self._fail_if_gone()
        await connection.respond(202, ACCEPTED)


async def _streamed(answer: Answer, request: h11.Request, connection: Connection) -> None:
    answer.begin(_content_type(request), streaming=True)
    async for part in connection.body():
        answer.feed(part)
    error_type = connection.trailers.get(ERROR_TYPE)
    if error_type is None:
        answer.end()
    else:
        payload = base64.b64decode(connection.trailers.get(ERROR_BODY, b""))
        answer.end(FunctionError.posted(error_type.decode(), payload))
    await connection.respond(202, ACCEPTED)


async def _buffered(answer: Answer, request: h11.Request, connection: Connection) -> None:
    body = await connection.whole_body()
    if len(body) > LARGEST_BUFFERED_RESPONSE:
        limit = f"maximum allowed payload size ({LARGEST_BUFFERED_RESPONSE} bytes)."
        size = f"Response payload size ({len(body)} bytes) exceeded {limit}"
        answer.end(FunctionError.of("Function.ResponseSizeTooLarge", size))
        await _refuse(connection, 413, "RequestEntityTooLarge", f"Exceeded {limit}")
        return
    answer.begin(_content_type(request), streaming=False)
    answer.feed(body)
    answer.end()
    await connection.respond(202, ACCEPTED)


async def _error(answer: Answer, request: h11.Request, connection: Connection) -> None:
    answer.end(await _posted_error(request, connection))
    await connection.respond(202, ACCEPTED)


async def _posted_error(request: h11.Request, connection: Connection) -> FunctionError:
    error_type = dict(request.headers).get(ERROR_TYPE, b"").decode()
    return FunctionError.posted(error_type, await connection.whole_body())


async def _refuse(connection: Connection, status: int, error_type: str, message: str) -> None:
    await connection.whole_body()
    content = {"errorType": error_type, "errorMessage": message}
    await connection.respond(status, json.dumps(content).encode())


def _refusal_of_page(request: h11.Request) -> Refusal | None:
    headers = {name: value.decode("latin-1") for name, value in request.headers}
    host = headers.get(b"host", "")
    return wrong_host(host, ()) or other_page(
        host, headers.get(b"origin"), headers.get(b"sec-fetch-site")
    )


def _content_type(request: h11.Request) -> str:
    return dict(request.headers).get(b"content-type", b"").decode()
