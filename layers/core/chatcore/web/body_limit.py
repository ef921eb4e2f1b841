"""ASGI middleware that limits the size of request bodies."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatcore.errors import TooLarge


class BodyLimit:
    """Reads the body before calling the application. Raises `TooLarge` above `limit` bytes."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = await self._read(receive)

        async def replay() -> Message:
            # After the body, only a disconnect can follow.
            return body.pop() if body else await receive()

        await self._app(scope, replay, send)

    async def _read(self, receive: Receive) -> list[Message]:
        """Return the whole body as one message, or the disconnect that came before its end."""
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
