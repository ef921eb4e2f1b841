"""AWS's own runtime client for Python against the emulator."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local_stack.lambda_.runtime_api import RuntimeApi

if TYPE_CHECKING:
    from tests.unit.local_stack.lambda_.runtime_api.conftest import Caller

HANDLERS = """
import os

def echo(event, context):
    if event == "fail":
        raise LookupError("no such thing")
    if event == "large":
        return "x" * 7_000_000
    trace = os.environ.get("_X_AMZN_TRACE_ID")
    return [event, context.aws_request_id, context.invoked_function_arn, trace]
"""

type StartClient = Callable[[str], Awaitable[asyncio.subprocess.Process]]


@pytest.fixture
async def start(address: str, tmp_path: Path) -> AsyncIterator[StartClient]:
    """Return a function that starts a client with a handler of HANDLERS."""
    (tmp_path / "handlers.py").write_text(HANDLERS)
    environ = {**os.environ, "AWS_LAMBDA_RUNTIME_API": address, "PYTHONPATH": str(tmp_path)}
    async with AsyncExitStack() as processes:

        async def start(handler: str) -> asyncio.subprocess.Process:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "awslambdaric", handler),
                env=environ,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
            processes.push_async_callback(_end, process)
            return process

        yield start


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()


async def test_the_client_is_given_one_event_after_another(
    caller: "Caller", start: StartClient
) -> None:
    await start("handlers.echo")
    for name in ("one", "two"):
        answer = await caller.invoke(b'"hello"', request_id=name)
        assert json.loads(await caller.body(answer)) == ["hello", name, "arn:f", "Root=1"]


async def test_an_exception_becomes_the_answers_error(caller: "Caller", start: StartClient) -> None:
    await start("handlers.echo")
    assert await caller.error(await caller.invoke(b'"fail"')) == ("LookupError", "no such thing")
    assert await caller.body(await caller.invoke(b'"well"'))


async def test_an_answer_may_be_too_large(caller: "Caller", start: StartClient) -> None:
    await start("handlers.echo")
    kind, message = await caller.error(await caller.invoke(b'"large"'))
    assert kind == "Function.ResponseSizeTooLarge"
    assert "7000002 bytes" in message


async def test_a_failed_start_is_reported(api: RuntimeApi, start: StartClient) -> None:
    process = await start("no_such_module.handler")
    assert await process.wait() == 1
    assert api.init_error is not None
    assert api.init_error.type == "Runtime.ImportModuleError"
