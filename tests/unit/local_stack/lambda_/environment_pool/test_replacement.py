"""The replacement of processes that are dead or outdated."""

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local_stack.errors import StackError
from local_stack.template import Function
from tests.loop_clock import LoopClock

if TYPE_CHECKING:
    from tests.unit.local_stack.lambda_.environment_pool.conftest import Running


async def test_an_exception_leaves_the_process_alive(
    running: "Running", reports: list[str]
) -> None:
    async with running() as function:
        answer, _ = await function.invoke(None)
        assert answer.error is not None
        assert answer.error.type == "TypeError"
        before = function.pids
        _, body = await function.invoke({})
        assert {body["pid"]} == before
        assert "TypeError" in reports[0]
        assert "Plain.log" in reports[0]


async def test_a_process_that_dies_during_an_invocation_is_replaced(
    running: "Running",
) -> None:
    async with running() as function:
        answer, _ = await function.invoke({"die": 3})
        assert answer.error is not None
        assert answer.error.type == "Runtime.ExitError"
        assert "exit status 3" in answer.error.message
        assert (await function.invoke({}))[0].error is None


async def test_an_idle_process_that_is_killed_is_replaced(running: "Running") -> None:
    async with running() as function:
        await function.pool.warm()
        (killed,) = function.pids
        os.kill(killed, signal.SIGKILL)
        await function.all_dead()
        answer, body = await function.invoke({})
        assert answer.error is None
        assert body["pid"] != killed


async def test_an_invocation_beyond_its_timeout_ends_with_its_process(
    running: "Running", loop_clock: LoopClock
) -> None:
    async with running(seconds=900) as function:
        await function.pool.warm()
        (hanging,) = function.pids
        held = function.hold()
        await held.begun()
        loop_clock.skip(900)
        answer, _ = await held.result
        assert answer.error is not None
        assert answer.error.type == "Sandbox.Timedout"
        _, body = await function.invoke({})
        assert body["pid"] != hanging
        assert hanging not in function.pids


async def test_the_next_invocation_runs_edited_code(running: "Running") -> None:
    async with running() as function:
        _, before = await function.invoke({})
        function.code.write_text("def handler(*_): return {'new': 1}")
        assert (await function.invoke({}))[1] == {"new": 1}
        assert before["pid"] not in function.pids


async def test_the_next_invocation_reads_an_edited_data_file(
    running: "Running",
) -> None:
    async with running() as function:
        prompt = function.code.with_name("prompt.md")
        prompt.write_text("old")
        function.code.write_text(
            "import pathlib\n"
            "PROMPT = pathlib.Path(__file__).with_name('prompt.md').read_text()\n"
            "def handler(*_): return PROMPT\n"
        )
        await function.invoke({})
        prompt.write_text("a new one")
        assert (await function.invoke({}))[1] == "a new one"


async def test_a_process_that_calls_an_edited_function_is_replaced(
    running: "Running", tmp_path: Path
) -> None:
    code = tmp_path / "called"
    code.mkdir()
    called = Function("Called", "arn:called", code, "called_app.handler", 20, 128, {}, ())
    async with running(called=[called]) as function:
        await function.invoke({})
        before = function.pids
        await function.invoke({})
        assert function.pids == before
        (code / "called_app.py").write_text("def handler(*_): return 1")
        await function.invoke({})
        assert function.pids.isdisjoint(before)


async def test_code_that_cannot_be_imported_fails_each_invocation_until_it_is_fixed(
    running: "Running",
) -> None:
    async with running() as function:
        working_code = function.code.read_text()
        function.code.write_text("import nothing_of_this_name")
        answer, _ = await function.invoke({})
        assert answer.error is not None
        assert answer.error.type == "Runtime.ImportModuleError"
        assert "nothing_of_this_name" in answer.error.message
        function.code.write_text(working_code)
        assert (await function.invoke({}))[0].error is None


async def test_a_first_process_that_does_not_start_is_reported(running: "Running") -> None:
    async with running(handler="plain_app.missing") as function:
        with pytest.raises(StackError, match=r"Plain did not start: .*missing.*Plain\.log"):
            await function.pool.warm()
