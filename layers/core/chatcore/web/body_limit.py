"""A bound on request bodies, as ASGI middleware."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatcore.errors import TooLarge


class BodyLimit:
    """Reads a body of at most `limit` bytes before the application; raises `TooLarge` beyond."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = await self._read(receive)

        async def replay() -> Message:
            # Afterwards only the client's leaving is left to hear of.
            return body.pop() if body else await receive()

        await self._app(scope, replay, send)

    async def _read(self, receive: Receive) -> list[Message]:
        """The whole body as one message, or the client's leaving instead of it."""
        parts: list[bytes] = []
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return [message]
            parts.append(message.get("body", b""))
            more = message.get("more_body", False)
            if sum(map(len, parts)) > self._limit:
                raise TooLarge(f"The request is larger than {self._limit:,} bytes.")
        return [{"type": "http.request", "body": b"".join(parts), "more_body": False}]
