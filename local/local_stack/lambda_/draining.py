"""Answers that are read to their end, even when no client is waiting for them."""

import asyncio
from dataclasses import dataclass
from typing import Protocol

from local_stack.lambda_.answer import Answer
from local_stack.lambda_.concurrency import Throttled


class Invocable(Protocol):
    """A function that can be invoked. It raises only Throttled; answers contain other failures."""

    async def invoke(self, payload: bytes, trace_id: str) -> Answer: ...


@dataclass(frozen=True)
class End:
    """The end of an answer, its last piece."""

    failed: bool
    throttled: bool = False


type Piece = bytes | End


class Drain:
    """Reads each answer to its end, as AWS does after a client disconnects."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def invoke(self, function: Invocable, payload: bytes, trace_id: str) -> asyncio.Queue[Piece]:
        """Invoke the function. Return a queue that gets the pieces of its answer, an End last."""
        pieces: asyncio.Queue[Piece] = asyncio.Queue()
        task = asyncio.create_task(_read(function, payload, trace_id, pieces))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return pieces

    async def stop(self) -> None:
        """Cancel the invocations that are still running."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)


async def _read(
    function: Invocable, payload: bytes, trace_id: str, pieces: asyncio.Queue[Piece]
) -> None:
    end = End(failed=True)
    try:
        answer = await function.invoke(payload, trace_id)
        async for chunk in answer.chunks:
            pieces.put_nowait(chunk)
        end = End(failed=answer.error is not None)
    except Throttled:
        end = End(failed=True, throttled=True)
    finally:
        pieces.put_nowait(end)
