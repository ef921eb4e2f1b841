"""One request and its response, as ASGI's receive and send.

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

    `completed` is done once the response has ended, whether the application or the runtime ended
    it.
    """

    def __init__(self, method: str, body: bytes, response: Response) -> None:
        self._request: Message | None = {"type": "http.request", "body": body, "more_body": False}
        self._response = response
        self._started = False
        self._bodiless = method == "HEAD"
        self.completed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def receive(self) -> Message:
        """Return the whole request once, then http.disconnect.

        The disconnect is returned when the response is complete or its connection is lost. From
        then on this does not suspend, because Starlette's `is_disconnected` does not wait. A client
        that leaves is noticed only if the connection is lost, because Lambda reads every response
        to its end.
        """
        if self._request is not None:
            request, self._request = self._request, None
            return request
        if self.is_open:
            endings = {self.completed, self._response.lost}
            await asyncio.wait(endings, return_when=asyncio.FIRST_COMPLETED)
        return {"type": "http.disconnect"}

    @property
    def is_open(self) -> bool:
        """Whether the rest of the response can still reach the client."""
        return not (self.completed.done() or self._response.lost.done())

    async def send(self, message: Message) -> None:
        """Pass on a message, and return when there is room for the next one.

        Raise UnexpectedMessageError for a message out of order.
        """
        message_type = message["type"]
        if self.completed.done():
            raise UnexpectedMessageError(f"{message_type} after the response had ended")
        if message_type == "http.response.start" and not self._started:
            self._bodiless |= message["status"] in WITHOUT_BODY
            await self._response.start(message["status"], message.get("headers", ()))
            self._started = True
        elif message_type == "http.response.body" and self._started:
            # Drop the body of a HEAD response, as uvicorn does: frameworks may rely on the server.
            self._response.write(b"" if self._bodiless else bytes(message.get("body", b"")))
            if not message.get("more_body", False):
                self._response.end()
                self.completed.set_result(None)
            await self._response.drain()
        else:
            raise UnexpectedMessageError(f"{message_type} where another message was expected")

    async def close(self, error: BaseException) -> None:
        """End the response with `error` unless it is complete, and wait for its delivery."""
        try:
            if not self.completed.done():
                self.completed.set_result(None)
                await self._response.fail(ErrorReport.of(error))
            await self._response.settle()
        except OSError as lost:
            log_error("the response was not delivered", lost, with_message=True)
