"""What becomes of a block when something that it needs is gone."""

import asyncio

import pytest

from local_stack.errors import StackError
from local_stack.supervisor import Supervisor

GONE = StackError("moto is gone.")


async def test_what_breaks_interrupts_the_block_and_is_raised() -> None:
    async def work() -> None:
        async with Supervisor() as supervisor:
            asyncio.get_running_loop().call_soon(supervisor.fail, GONE)
            await asyncio.Event().wait()

    with pytest.raises(StackError, match="moto is gone"):
        await work()
    task = asyncio.current_task()
    assert task is not None
    assert not task.cancelling()


async def test_only_the_first_to_break_is_told() -> None:
    async def work() -> None:
        async with Supervisor() as supervisor:
            supervisor.fail(GONE)
            supervisor.fail(StackError("the model is gone, too."))

    with pytest.raises(StackError, match="moto is gone"):
        await work()


async def test_what_breaks_while_the_block_is_cancelled_is_no_failure() -> None:
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


async def test_what_breaks_after_the_block_is_nobodys_concern() -> None:
    async with Supervisor() as supervisor:
        pass
    supervisor.fail(GONE)
