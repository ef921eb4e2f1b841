"""A function runs to its end even if no client waits for it."""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from tests.loop_clock import LoopClock
from tests.unit.local_stack.gateway.conftest import TIMEOUT

if TYPE_CHECKING:
    from tests.unit.local_stack.gateway.conftest import Stage

STREAM_HEAD = b'{"statusCode": 200, "headers": {"content-type": "text/plain"}}' + b"\0" * 8


async def test_a_disconnect_does_not_stop_the_function(stage: "Stage") -> None:
    left, read_to_the_end = asyncio.Event(), asyncio.Event()

    async def chunks() -> AsyncIterator[bytes]:
        yield STREAM_HEAD + b"first"
        await left.wait()
        for _ in range(100):
            yield b"x" * 10_000
        read_to_the_end.set()

    stage.function.answer.chunks = chunks()
    stage.function.answer.begin("", streaming=True)
    async with stage.client.stream("POST", "/stream") as answer:
        assert await anext(answer.aiter_raw()) == b"first"
    left.set()
    await read_to_the_end.wait()


async def test_a_timeout_of_the_request_does_not_stop_the_function(
    stage: "Stage", loop_clock: LoopClock
) -> None:
    answered, read_to_the_end = asyncio.Event(), asyncio.Event()

    async def chunks() -> AsyncIterator[bytes]:
        await answered.wait()
        yield b'{"statusCode": 200}'
        read_to_the_end.set()

    stage.function.answer.chunks = chunks()
    stage.function.answer.begin("", streaming=False)
    pending = asyncio.create_task(stage.client.get("/buffered"))
    await stage.function.invoked.wait()
    loop_clock.skip(TIMEOUT)
    assert (await pending).status_code == 504
    answered.set()
    await read_to_the_end.wait()
