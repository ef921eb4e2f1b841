"""API Gateway as an ASGI application that routes as the template says.

It answers and fails like a REST API with Lambda proxy integrations. Source: Amazon API Gateway
Developer Guide, "Set up Lambda proxy integrations" and "Quotas for a REST API".
"""

import asyncio
from collections.abc import Callable, Mapping

from starlette.types import Receive, Scope, Send

from local_stack.gateway.events import HttpRequest, Receipt, proxy_event
from local_stack.gateway.gateway_responses import GatewayError, gateway_answer
from local_stack.gateway.integration import (
    AnswerHead,
    MalformedAnswer,
    parse_buffered,
    split_prelude,
)
from local_stack.gateway.routing import Router
from local_stack.lambda_.draining import Drain, End, Invocable, Piece
from local_stack.template import Template

REQUEST_LIMIT = 10 * 1024 * 1024
EVENT_LIMIT = 6 * 1024 * 1024
_BODYLESS = (204, 304)


class Failed(Exception):
    """The gateway answers the request with an error of its own."""

    def __init__(self, error: GatewayError) -> None:
        super().__init__(error.name)
        self.error = error


class Gateway:
    """The application. It invokes `functions` by name, and calls `report` with lines to print."""

    def __init__(
        self,
        template: Template,
        functions: Mapping[str, Invocable],
        report: Callable[[str], None],
    ) -> None:
        self._template = template
        self._router = Router(template.routes)
        self._functions = functions
        self._drain = Drain()
        self._report = report

    async def stop(self) -> None:
        """Cancel the invocations that are still running, such as those without a client."""
        await self._drain.stop()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        if body is None:
            return
        request = _request(scope, body)
        receipt = Receipt()
        answer = _Response(send, receipt)
        try:
            await self._invoke(request, receipt, answer)
        except Failed as failure:
            if not answer.started:
                error = gateway_answer(
                    failure.error, self._template.gateway_responses, request, receipt
                )
                await answer.send_whole(AnswerHead(error.status, error.headers), error.body)
            # Otherwise the connection closes without the last chunk, as when AWS cuts a stream.

    async def _invoke(self, request: HttpRequest, receipt: Receipt, answer: "_Response") -> None:
        if len(request.body) > REQUEST_LIMIT:
            raise Failed(GatewayError.REQUEST_TOO_LARGE)
        match = self._router.match(request.method, request.path)
        if match is None:
            raise Failed(GatewayError.MISSING_AUTHENTICATION_TOKEN)
        event = proxy_event(request, match, receipt, self._template.stage)
        if len(event) > EVENT_LIMIT:
            raise Failed(GatewayError.REQUEST_TOO_LARGE)
        function = self._functions[match.route.function]
        pieces = self._drain.invoke(function, event, receipt.trace_id)
        try:
            async with asyncio.timeout(match.route.timeout):
                await (_streamed if match.route.streaming else _buffered)(pieces, answer)
        except TimeoutError as error:
            raise Failed(GatewayError.INTEGRATION_TIMEOUT) from error
        except MalformedAnswer as error:
            self._report(f"{match.route.function}: malformed answer: {error}")
            raise Failed(GatewayError.DEFAULT_5XX) from error


async def _buffered(pieces: asyncio.Queue[Piece], answer: "_Response") -> None:
    payload = b""
    while not isinstance(piece := await pieces.get(), End):
        payload += piece
    _check(piece)
    await answer.send_whole(*parse_buffered(payload))


async def _streamed(pieces: asyncio.Queue[Piece], answer: "_Response") -> None:
    received = b""
    while not isinstance(piece := await pieces.get(), End):
        if answer.started:
            await answer.send(piece)
            continue
        received += piece
        parts = split_prelude(received)
        if parts:
            await answer.start(parts[0])
            await answer.send(parts[1])
    _check(piece)
    if not answer.started:
        raise MalformedAnswer("the stream ended before the 8 NUL bytes after its prelude")
    await answer.finish()


def _check(end: End) -> None:
    if end.throttled:
        raise Failed(GatewayError.INTEGRATION_FAILURE)
    if end.failed:
        raise Failed(GatewayError.DEFAULT_5XX)


class _Response:
    """The answer to the client."""

    def __init__(self, send: Send, receipt: Receipt) -> None:
        self.started = False
        self._send = send
        self._gateway_headers = [
            ("x-amzn-requestid", receipt.request_id),
            ("x-amz-apigw-id", receipt.extended_id),
        ]
        self._bodyless = False

    async def send_whole(self, head: AnswerHead, body: bytes) -> None:
        await self.start(head, length=len(body))
        await self.send(body)
        await self.finish()

    async def start(self, head: AnswerHead, length: int | None = None) -> None:
        self.started = True
        self._bodyless = head.status in _BODYLESS
        headers = [*head.headers, *self._gateway_headers]
        if length is not None and not self._bodyless:
            headers.append(("content-length", str(length)))
        encoded = [(name.encode(), value.encode()) for name, value in headers]
        start = {"type": "http.response.start", "status": head.status, "headers": encoded}
        await self._send(start)

    async def send(self, body: bytes) -> None:
        if body and not self._bodyless:
            await self._send({"type": "http.response.body", "body": body, "more_body": True})

    async def finish(self) -> None:
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})


async def _body(receive: Receive) -> bytes | None:
    """Return the body, cut soon after the limit, or None if the client disconnected before its end.

    The body is always read to its end, because a client that is still sending reads no answer.
    """
    body = b""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        if len(body) <= REQUEST_LIMIT:
            body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _request(scope: Scope, body: bytes) -> HttpRequest:
    client, _ = scope.get("client") or ("127.0.0.1", 0)
    _, port = scope.get("server") or ("127.0.0.1", 80)
    return HttpRequest(
        method=scope["method"],
        path=scope["raw_path"].decode("ascii"),
        query=scope["query_string"].decode("ascii"),
        headers=tuple((name.decode(), value.decode("latin-1")) for name, value in scope["headers"]),
        body=body,
        client=client,
        port=port,
    )
