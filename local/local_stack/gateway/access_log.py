"""The lines that the terminal shows for messages, tool calls and failed requests."""

import re
import time
import traceback
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from local_stack.gateway.operations import operation

_READING = ("GET", "HEAD", "OPTIONS")
_INVOKE = re.compile(r"POST /2015-03-31/functions/([^/]+)/invocations")
_LONGEST_BODY = 1024 * 1024


class AccessLog:
    """An ASGI application that logs the method, path, operation, status and duration of requests.

    It writes each line at the end of the answer, so the duration covers the whole stream. An answer
    without its end is marked as cut. Successful reads are not logged, since one page requests
    dozens of files.
    """

    def __init__(self, app: ASGIApp, write: Callable[[str], None]) -> None:
        self._app = app
        self._write = write

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.monotonic()
        exchange = _Exchange(receive, send)
        try:
            await self._app(scope, exchange.receive, exchange.send)
        except Exception:
            self._write(traceback.format_exc())
            raise
        finally:
            milliseconds = round((time.monotonic() - started) * 1000)
            if scope["method"] not in _READING or not exchange.succeeded:
                request = f"{scope['method']} {scope['raw_path'].decode('ascii')}"
                words = [
                    _INVOKE.sub(r"invoke \1", request),
                    operation(exchange.body),
                    str(exchange.status or "no answer"),
                    f"{milliseconds} ms" if exchange.complete else f"{milliseconds} ms, cut",
                ]
                self._write(" ".join(filter(None, words)))


class _Exchange:
    """Observes the request and the answer, and keeps the request's body up to a limit."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self.body = b""
        self.status = 0
        self.complete = False
        self._receive = receive
        self._send = send

    @property
    def succeeded(self) -> bool:
        return self.complete and self.status < 400

    async def receive(self) -> Message:
        message = await self._receive()
        if len(self.body) <= _LONGEST_BODY:
            self.body += message.get("body", b"")
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif not message.get("more_body", False):
            self.complete = True
        await self._send(message)
