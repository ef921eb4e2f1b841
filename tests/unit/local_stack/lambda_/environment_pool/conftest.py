"""An environment pool with real processes, which run AWS's own runtime client."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from local_stack.lambda_.answer import Answer
from local_stack.lambda_.concurrency import Concurrency
from local_stack.lambda_.environment_pool import EnvironmentPool
from local_stack.lambda_.execution_environment import EnvironmentOptions
from local_stack.template import Function
from tests.waiting import PATIENCE, until

# Returns its process id and ARN, or exits with the status in "die". Two named pipes signal that an
# invocation has started, and let the test end it.
HANDLER = """
import os, pathlib
def handler(event, context):
    if "die" in event:
        os._exit(event["die"])
    if "started" in event:
        pathlib.Path(event["started"]).write_text("started")
        pathlib.Path(event["until"]).read_text()
    return {"pid": os.getpid(), "arn": context.invoked_function_arn}
"""

type Running = Callable[..., AbstractAsyncContextManager["FunctionPool"]]


class FunctionPool:
    """The environment pool of one function. `code` is the module with its handler."""

    def __init__(self, pool: EnvironmentPool, folder: Path) -> None:
        self.pool = pool
        self.code = folder / "code" / "plain_app.py"
        self.log = folder / "Plain.log"
        self._folder = folder

    @property
    def pids(self) -> set[int]:
        return self.pool.pids

    async def invoke(self, event: Any) -> tuple[Answer, Any]:
        """Return the complete answer and the JSON of its body."""
        answer = await self.pool.invoke(json.dumps(event).encode(), "Root=1")
        body = b"".join([chunk async for chunk in answer.chunks])
        return answer, json.loads(body) if body else None

    def hold(self) -> "HeldInvocation":
        return HeldInvocation(self, self._folder)

    async def all_dead(self) -> None:
        await asyncio.to_thread(until, lambda: not self.pids)


class HeldInvocation:
    """An invocation that signals its start and runs until the test releases it."""

    def __init__(self, function: FunctionPool, folder: Path) -> None:
        self._started = folder / "started"
        self._until = folder / "until"
        os.mkfifo(self._started)
        os.mkfifo(self._until)
        event = {"started": str(self._started), "until": str(self._until)}
        self.result = asyncio.create_task(function.invoke(event))

    async def begun(self) -> None:
        await asyncio.to_thread(self._started.read_text)

    async def release(self) -> Any:
        await asyncio.to_thread(self._until.write_text, "go")
        return (await self.result)[1]


@pytest.fixture
def reports() -> list[str]:
    return []


@pytest.fixture
def running(tmp_path: Path, reports: list[str]) -> Running:
    options = EnvironmentOptions(endpoints={}, home=tmp_path, logs=tmp_path)

    @asynccontextmanager
    async def run(
        seconds: int = 600,
        limit: int = 4,
        handler: str = "plain_app.handler",
        called: Sequence[Function] = (),
        layers: tuple[Path, ...] = (),
        concurrency: Concurrency | None = None,
        **variables: str,
    ) -> AsyncIterator[FunctionPool]:
        code = tmp_path / "code"
        function = Function("Plain", "arn:plain", code, handler, seconds, 128, variables, layers)
        pool = EnvironmentPool(
            function,
            options,
            reports.append,
            concurrency or Concurrency(),
            limit,
            called,
            grace=PATIENCE,
        )
        made = FunctionPool(pool, tmp_path)
        made.code.parent.mkdir()
        made.code.write_text(HANDLER)
        try:
            yield made
        finally:
            await pool.stop()
            assert made.pids == set()

    return run
