"""One invocation at a time in each process, and as many processes as necessary."""

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.local_stack.lambda_.environment_pool.conftest import Running


async def test_one_process_answers_invocations_one_after_another(running: "Running") -> None:
    async with running() as function:
        await function.pool.warm()
        pids = {(await function.invoke({}))[1]["pid"] for _ in range(3)}
        assert pids == function.pids
        assert len(pids) == 1


async def test_the_function_learns_its_own_arn(running: "Running") -> None:
    async with running() as function:
        assert (await function.invoke({}))[1]["arn"] == "arn:plain"


async def test_another_process_starts_when_all_are_busy(running: "Running") -> None:
    async with running() as function:
        busy = function.hold()
        await busy.begun()
        _, second = await function.invoke({})
        assert (await busy.release())["pid"] != second["pid"]


async def test_at_the_limit_callers_wait(running: "Running") -> None:
    async with running(limit=1) as function:
        busy = function.hold()
        await busy.begun()
        waiting = asyncio.create_task(function.invoke({}))
        await asyncio.sleep(0)
        assert not waiting.done()
        assert len(function.pids) == 1
        assert (await busy.release())["pid"] == (await waiting)[1]["pid"]


async def test_the_log_contains_what_a_function_prints(running: "Running") -> None:
    async with running() as function:
        function.code.write_text("def handler(event, context): print('seen', event)")
        await function.invoke({"a": 1})
    assert "seen {'a': 1}" in function.log.read_text()


async def test_stopping_ends_a_running_invocation(running: "Running") -> None:
    async with running() as function:
        hanging = function.hold()
        await hanging.begun()
    answer, _ = await hanging.result
    assert answer.error is not None
    assert answer.error.type == "Runtime.ExitError"
