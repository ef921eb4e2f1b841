"""The application's startup and shutdown: https://asgi.readthedocs.io/en/latest/specs/lifespan.html"""

import asyncio
from typing import Any

from lambda_stream.asgi import Application, Message
from lambda_stream.log import log_error


class StartupFailedError(Exception):
    """The application answered `lifespan.startup.failed`."""


class ShutdownFailedError(Exception):
    """The application answered `lifespan.shutdown.failed`."""


class Lifespan:
    """The application's lifespan, one per process. Support for it is optional in ASGI.

    `state` is what the application shares with its requests; each request gets a copy.
    """

    def __init__(self, app: Application) -> None:
        self.state: dict[str, Any] = {}
        self._app = app
        self._events: asyncio.Queue[Message] = asyncio.Queue()
        self._started = asyncio.Event()
        self._stopped = asyncio.Event()
        self._failure: str | None = None
        self._task: asyncio.Task[None] | None = None

    async def startup(self) -> None:
        """Start the application. Raise StartupFailedError if it reports a failure."""
        self._events.put_nowait({"type": "lifespan.startup"})
        self._task = asyncio.create_task(self._run())
        await self._started.wait()
        if self._failure is not None:
            raise StartupFailedError(self._failure)

    async def shutdown(self) -> None:
        """Stop the application, and wait for it. A failure is logged, not raised."""
        self._events.put_nowait({"type": "lifespan.shutdown"})
        await self._stopped.wait()

    async def _run(self) -> None:
        scope = {
            "type": "lifespan",
            "asgi": {"version": "3.0", "spec_version": "2.0"},
            "state": self.state,
        }
        try:
            await self._app(scope, self._events.get, self._send)
        except Exception as error:
            # In ASGI, an error before the reply to startup means that lifespan is unsupported.
            if self._started.is_set() and self._failure is None:
                log_error("the application's lifespan failed", error)
        finally:
            self._started.set()
            self._stopped.set()

    async def _send(self, message: Message) -> None:
        match message["type"]:
            case "lifespan.startup.complete":
                self._started.set()
            case "lifespan.startup.failed":
                self._failure = message.get("message", "")
                self._started.set()
            case "lifespan.shutdown.complete":
                self._stopped.set()
            case "lifespan.shutdown.failed":
                error = ShutdownFailedError(message.get("message", ""))
                log_error("the application's lifespan failed", error, with_message=True)
                self._stopped.set()
            case other:
                raise ValueError(f"{other} is not a message of the lifespan protocol")
