"""One request and its response, seen through ASGI's receive and send.

https://asgi.readthedocs.io/en/latest/specs/www.html
"""

import asyncio

from lambda_stream.asgi import Message
from lambda_stream.error_report import ErrorReport
from lambda_stream.http.response import WITHOUT_BODY, Response
from lambda_stream.log import log_error


class UnexpectedMessageError(Exception):
    """The application sent a message out of order, or after its response had ended."""


class HttpCycle:
    """The receive and send of one request.

    `over` is done once the response is complete, whether the application or the runtime ended it.
    """

    def __init__(self, method: str, body: bytes, response: Response) -> None:
        self._request: Message | None = {"type": "http.request", "body": body, "more_body": False}
        self._response = response
        self._started = False
        self._bodiless = method == "HEAD"
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def receive(self) -> Message:
        """Return the whole request once, then http.disconnect.

        The disconnect comes when the response is complete or its connection is lost, and then
        without waiting, because Starlette's `is_disconnected` does not wait. A client that leaves
        is noticed only if the connection is lost, because Lambda reads every response to the end.
        """
        if self._request is not None:
            request, self._request = self._request, None
            return request
        if self.awaited:
            ends = {self.over, self._response.lost}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        return {"type": "http.disconnect"}

    @property
    def awaited(self) -> bool:
        """Whether the rest of the response can still reach the client."""
        return not (self.over.done() or self._response.lost.done())

    async def send(self, message: Message) -> None:
        """Pass on a message, and return when there is room for the next one.

        Raises UnexpectedMessageError."""
        kind = message["type"]
        if self.over.done():
            raise UnexpectedMessageError(f"{kind} after the response was over")
        if kind == "http.response.start" and not self._started:
            self._bodiless |= message["status"] in WITHOUT_BODY
            await self._response.start(message["status"], message.get("headers", ()))
            self._started = True
        elif kind == "http.response.body" and self._started:
            # As in uvicorn: a framework may rely on the server to drop the body of a HEAD response.
            self._response.write(b"" if self._bodiless else bytes(message.get("body", b"")))
            if not message.get("more_body", False):
                self._response.end()
                self.over.set_result(None)
            await self._response.drain()
        else:
            raise UnexpectedMessageError(f"{kind} where another message was expected")

    async def close(self, error: BaseException) -> None:
        """End the response with `error` unless it is complete, and wait for its delivery."""
        try:
            if not self.over.done():
                self.over.set_result(None)
                await self._response.fail(ErrorReport.of(error))
            await self._response.settle()
        except OSError as lost:
            log_error("the response was not delivered", lost, own=True)
