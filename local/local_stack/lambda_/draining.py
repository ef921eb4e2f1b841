"""Answers that are read to their end, whoever still waits for them."""

import asyncio
from dataclasses import dataclass
from typing import Protocol

from local_stack.lambda_.answer import Answer
from local_stack.lambda_.concurrency import Throttled


class Invocable(Protocol):
    """A function that can be invoked; its failures are in the answer. Only Throttled is raised."""

    async def invoke(self, payload: bytes, trace_id: str) -> Answer: ...


@dataclass(frozen=True)
class End:
    """The last piece of an answer."""

    failed: bool
    throttled: bool = False


type Piece = bytes | End


class Drain:
    """Reads each answer to its end, as AWS does for a client that has left."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def invoke(self, function: Invocable, payload: bytes, trace_id: str) -> asyncio.Queue[Piece]:
        """Invokes the function; its answer comes out of the queue, an End last."""
        pieces: asyncio.Queue[Piece] = asyncio.Queue()
        task = asyncio.create_task(_read(function, payload, trace_id, pieces))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return pieces

    async def stop(self) -> None:
        """Gives up what still runs."""
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
