"""One line in the terminal for each request."""

import time
import traceback
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class AccessLog:
    """An ASGI application that writes method, path, status and duration of each answer.

    The line comes when the application is done, so the duration of a streamed answer is that of
    the whole stream. An answer that was not brought to its end is told as cut.
    """

    def __init__(self, app: ASGIApp, write: Callable[[str], None]) -> None:
        self._app = app
        self._write = write

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.monotonic()
        status = "no answer"
        complete = False

        async def noting_send(message: Message) -> None:
            nonlocal status, complete
            if message["type"] == "http.response.start":
                status = str(message["status"])
            elif not message.get("more_body", False):
                complete = True
            await send(message)

        try:
            await self._app(scope, receive, noting_send)
        except Exception:
            self._write(traceback.format_exc())
            raise
        finally:
            taken = round((time.monotonic() - started) * 1000)
            cut = "" if complete else ", cut"
            path = scope["raw_path"].decode("ascii")
            self._write(f"{scope['method']} {path} {status} {taken} ms{cut}")
