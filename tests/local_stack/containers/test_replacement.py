"""A process that is of no use any more is replaced."""

import os
import signal
from typing import TYPE_CHECKING

import pytest

from local_stack.errors import StackError

if TYPE_CHECKING:
    from tests.local_stack.containers.conftest import Running


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


async def test_a_process_that_dies_in_an_invocation_ends_it_and_is_replaced(
    running: "Running",
) -> None:
    async with running() as function:
        answer, _ = await function.invoke({"die": 3})
        assert answer.error is not None
        assert answer.error.type == "Runtime.ExitError"
        assert "exit status 3" in answer.error.message
        assert (await function.invoke({}))[0].error is None


async def test_a_process_that_is_killed_while_it_waits_is_replaced(running: "Running") -> None:
    async with running() as function:
        await function.containers.warm()
        (killed,) = function.pids
        os.kill(killed, signal.SIGKILL)
        await function.all_dead()
        answer, body = await function.invoke({})
        assert answer.error is None
        assert body["pid"] != killed


async def test_an_invocation_beyond_its_timeout_ends_with_its_process(running: "Running") -> None:
    async with running(seconds=1) as function:
        await function.containers.warm()
        (hanging,) = function.pids
        answer, _ = await function.hold().result
        assert answer.error is not None
        assert answer.error.type == "Sandbox.Timedout"
        _, body = await function.invoke({})
        assert body["pid"] != hanging
        assert hanging not in function.pids


async def test_edited_code_is_run_by_the_next_invocation(running: "Running") -> None:
    async with running() as function:
        _, before = await function.invoke({})
        function.code.write_text("def handler(*_): return {'new': 1}")
        assert (await function.invoke({}))[1] == {"new": 1}
        assert before["pid"] not in function.pids


async def test_code_that_cannot_be_imported_is_told_to_the_caller_until_it_is_mended(
    running: "Running",
) -> None:
    async with running() as function:
        mended = function.code.read_text()
        function.code.write_text("import nothing_of_this_name")
        answer, _ = await function.invoke({})
        assert answer.error is not None
        assert answer.error.type == "Runtime.ImportModuleError"
        assert "nothing_of_this_name" in answer.error.message
        function.code.write_text(mended)
        assert (await function.invoke({}))[0].error is None


async def test_a_first_process_that_does_not_start_is_a_sentence(running: "Running") -> None:
    async with running(handler="plain_app.missing") as function:
        with pytest.raises(StackError, match=r"Plain did not start: .*missing.*Plain\.log"):
            await function.containers.warm()
