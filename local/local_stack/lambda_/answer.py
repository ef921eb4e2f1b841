"""A function's answer to one invocation, which may still be streaming."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class FunctionError:
    """A failed invocation; `payload` is the JSON that Lambda returns to the caller."""

    type: str
    message: str
    payload: bytes

    @classmethod
    def of(cls, error_type: str, message: str) -> Self:
        payload = json.dumps({"errorType": error_type, "errorMessage": message}).encode()
        return cls(error_type, message, payload)

    @classmethod
    def posted(cls, error_type: str, payload: bytes) -> Self:
        """Read what a runtime client posted: the error type header and a JSON payload.

        A payload that is not JSON becomes the message.
        """
        try:
            content = json.loads(payload)
            return cls(error_type or content["errorType"], content["errorMessage"], payload)
        except (ValueError, KeyError, TypeError):
            return cls.of(error_type or "Unhandled", payload.decode(errors="replace"))


class Answer:
    """An answer. `chunks` yields its body as it arrives, then `error` says whether it failed.

    A buffered answer is one chunk. A function that failed before it answered has no chunk.
    """

    def __init__(self) -> None:
        self.streaming = False
        self.content_type = ""
        self.error: FunctionError | None = None
        self.begun = asyncio.Event()
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.chunks: AsyncIterator[bytes] = self._arriving()
        self._parts: asyncio.Queue[bytes | None] = asyncio.Queue()

    def begin(self, content_type: str, *, streaming: bool) -> None:
        self.content_type = content_type
        self.streaming = streaming
        self.begun.set()

    def feed(self, part: bytes) -> None:
        """Add a part of the body. A part after the end is ignored, since a function may run on."""
        if not self.ended.done():
            self._parts.put_nowait(part)

    def end(self, error: FunctionError | None = None) -> None:
        """End the answer. Only the first end counts."""
        if not self.ended.done():
            self.ended.set_result(None)
            self.error = error
            self._parts.put_nowait(None)
            self.begun.set()

    async def _arriving(self) -> AsyncIterator[bytes]:
        while (part := await self._parts.get()) is not None:
            yield part
