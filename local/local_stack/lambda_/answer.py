"""What a function answers to one invocation, while it is still answering."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class FunctionError:
    """`payload` is the JSON that Lambda gives to whoever invoked the function."""

    type: str
    message: str
    payload: bytes

    @classmethod
    def of(cls, kind: str, message: str) -> Self:
        payload = json.dumps({"errorType": kind, "errorMessage": message}).encode()
        return cls(kind, message, payload)

    @classmethod
    def posted(cls, kind: str, payload: bytes) -> Self:
        """From what a runtime client posted: its error type header and its JSON, which counts as a
        message when it is none."""
        try:
            content = json.loads(payload)
            return cls(kind or content["errorType"], content["errorMessage"], payload)
        except (ValueError, KeyError, TypeError):
            return cls.of(kind or "Unhandled", payload.decode(errors="replace"))


class Answer:
    """`chunks` gives the body as it arrives; when it ends, `error` says whether that was in order.

    The answer of a function that does not stream is one chunk; of one that failed before it
    answered, none."""

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
        """Swallowed after the end: a function may go on after its time was up."""
        if not self.ended.done():
            self._parts.put_nowait(part)

    def end(self, error: FunctionError | None = None) -> None:
        """Only the first end counts."""
        if not self.ended.done():
            self.ended.set_result(None)
            self.error = error
            self._parts.put_nowait(None)
            self.begun.set()

    async def _arriving(self) -> AsyncIterator[bytes]:
        while (part := await self._parts.get()) is not None:
            yield part
