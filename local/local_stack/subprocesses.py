"""Subprocesses of the stack, in its process group, including its helper servers."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

from local_stack.errors import StackError
from local_stack.supervisor import Supervisor

_READY_WITHIN = 60.0
_ENDS_WITHIN = 3.0
_PAUSE = 0.05


def free_port() -> int:
    """Return a port for a server to listen on, reserved for the life of this process.

    It stays bound without listening, so the kernel gives it to no other process. A server that
    sets SO_REUSEADDR, as all of ours do, may listen on it.
    """
    reserved = socket.socket()
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reserved.bind(("127.0.0.1", 0))
    port = int(reserved.getsockname()[1])
    reserved.detach()
    return port


async def spawn(
    command: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
    folder: Path | None = None,
    stdin: int = asyncio.subprocess.DEVNULL,
) -> asyncio.subprocess.Process:
    """Start a process whose output is appended to the log file. Raise OSError."""
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            *command,
            env=dict(environment),
            cwd=folder,
            stdin=stdin,
            stdout=output,
            stderr=output,
        )


async def end(process: asyncio.subprocess.Process) -> None:
    """Terminate a process and wait for its end. Kill it if it does not end in time."""
    if process.returncode is None:
        process.terminate()
    try:
        async with asyncio.timeout(_ENDS_WITHIN):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


@asynccontextmanager
async def server(
    name: str,
    command: Sequence[str],
    environment: Mapping[str, str],
    url: str,
    logs: Path,
    supervisor: Supervisor,
) -> AsyncIterator[None]:
    """Run a helper server until the end of the block, which begins when `url` answers.

    Its output goes to a file in `logs`. Raise StackError when the server cannot start or does not
    answer. If the server ends unexpectedly, the supervisor ends the stack.
    """
    log = logs / f"{name}.log"
    try:
        # The pipe closes when this process ends, even if this process is killed. A server with
        # --end-with-stdin then ends too.
        process = await spawn(command, environment, log, stdin=asyncio.subprocess.PIPE)
    except OSError as error:
        raise StackError(f"{name} cannot start: {command[0]}: {error.strerror}.") from error
    watching = asyncio.create_task(_watch(name, process, log, supervisor))
    try:
        await _wait_for_answer(name, url, log)
        yield
    finally:
        watching.cancel()
        await end(process)


async def _watch(
    name: str, process: asyncio.subprocess.Process, log: Path, supervisor: Supervisor
) -> None:
    await process.wait()
    supervisor.fail(StackError(f"{name} ended unexpectedly; see {log}."))


async def _wait_for_answer(name: str, url: str, log: Path) -> None:
    deadline = time.monotonic() + _READY_WITHIN
    async with httpx2.AsyncClient(trust_env=False, timeout=_READY_WITHIN) as client:
        while time.monotonic() < deadline:
            try:
                await client.get(url)
            except httpx2.TransportError:
                await asyncio.sleep(_PAUSE)
            else:
                return
    raise StackError(f"{name} did not answer within {_READY_WITHIN:.0f} s; see {log}.")
