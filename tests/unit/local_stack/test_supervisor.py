"""A supervisor interrupts its block when one of its parts fails."""

import asyncio

import pytest

from local_stack.errors import StackError
from local_stack.supervisor import Supervisor

GONE = StackError("moto is gone.")


async def test_a_failure_interrupts_the_block_and_is_raised() -> None:
    async def work() -> None:
        async with Supervisor() as supervisor:
            asyncio.get_running_loop().call_soon(supervisor.fail, GONE)
            await asyncio.Event().wait()

    with pytest.raises(StackError, match="moto is gone"):
        await work()
    task = asyncio.current_task()
    assert task is not None
    assert not task.cancelling()


async def test_only_the_first_failure_is_raised() -> None:
    async def work() -> None:
        async with Supervisor() as supervisor:
            supervisor.fail(GONE)
            supervisor.fail(StackError("the model is gone, too."))

    with pytest.raises(StackError, match="moto is gone"):
        await work()


async def test_a_failure_while_the_block_is_canceled_is_ignored() -> None:
    async def work() -> None:
        async with Supervisor() as supervisor:
            try:
                await asyncio.Event().wait()
            finally:
                supervisor.fail(GONE)

    running = asyncio.create_task(work())
    asyncio.get_running_loop().call_soon(running.cancel)
    await asyncio.wait([running])
    assert running.cancelled()


async def test_a_failure_after_the_block_is_ignored() -> None:
    async with Supervisor() as supervisor:
        pass
    supervisor.fail(GONE)
