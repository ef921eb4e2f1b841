"""A write runs to its end even if its caller is canceled."""

import asyncio

import pytest

from chatcore.shielded import run_to_completion


async def test_a_write_finishes_even_if_its_caller_is_canceled_repeatedly() -> None:
    gate, written = asyncio.Event(), list[str]()

    @run_to_completion
    async def write(text: str) -> None:
        await gate.wait()
        written.append(text)

    writing = asyncio.create_task(write("whole"))
    for _ in range(3):
        await asyncio.sleep(0)
        writing.cancel()
    await asyncio.sleep(0)
    assert not writing.done()
    gate.set()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert written == ["whole"]


async def test_a_canceled_caller_does_not_see_the_failure_of_its_write() -> None:
    @run_to_completion
    async def write() -> None:
        await asyncio.sleep(0)
        raise OSError

    writing = asyncio.create_task(write())
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
