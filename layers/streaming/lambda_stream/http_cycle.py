"""One request and its response, as the application sees them through ASGI's receive and send.

https://asgi.readthedocs.io/en/latest/specs/www.html
"""

import asyncio

from mangum.types import Message

from lambda_stream.fault import Fault
from lambda_stream.log import log_fault
from lambda_stream.response import Response


class UnexpectedMessageError(Exception):
    """The application sent what has no place here: out of order, or after its response ended."""


class HttpCycle:
    """`over` is done once the response is complete, whether the application or the runtime
    ended it."""

    def __init__(self, body: bytes, response: Response) -> None:
        self._request: Message | None = {"type": "http.request", "body": body, "more_body": False}
        self._response = response
        self._started = False
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def receive(self) -> Message:
        """The whole request once; then nothing until the response is over.

        Lambda does not learn that a client left, and an early http.disconnect would make Starlette
        cut its response short."""
        if self._request is not None:
            request, self._request = self._request, None
            return request
        await asyncio.wait({self.over})
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Passes a message on; returns when there is room for the next one.

        Raises UnexpectedMessageError."""
        kind = message["type"]
        if self.over.done():
            raise UnexpectedMessageError(f"{kind} after the response was over")
        if kind == "http.response.start" and not self._started:
            await self._response.start(message["status"], message.get("headers", ()))
            self._started = True
        elif kind == "http.response.body" and self._started:
            self._response.write(bytes(message.get("body", b"")))
            if not message.get("more_body", False):
                self._response.end()
                self.over.set_result(None)
            await self._response.drain()
        else:
            raise UnexpectedMessageError(f"{kind} where another message was due")

    async def close(self, error: BaseException) -> None:
        """Ends the response with `error` unless it is over, and sees it delivered."""
        try:
            if not self.over.done():
                self.over.set_result(None)
                await self._response.fail(Fault.of(error))
            await self._response.settle()
        except OSError as lost:
            log_fault("the response was not delivered", lost, own=True)
