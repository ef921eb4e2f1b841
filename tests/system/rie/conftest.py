"""A function process under AWS's Runtime Interface Emulator, the binary that `sam local` runs.

The emulator is built from Lambda's own code and has the real Runtime API, but it returns an answer
only when it is complete.
"""

import json
import os
import platform
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest

from local_stack.subprocesses import free_port, server
from local_stack.supervisor import Supervisor

ROOT = Path(__file__).parents[3]
WRAPPER = ROOT / "layers" / "streaming" / "lambda-stream"
ARCHITECTURES = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
EVENT = {
    "resource": "/{proxy+}",
    "httpMethod": "POST",
    "headers": {"host": "api.example.com"},
    "multiValueHeaders": {"host": ["api.example.com"]},
    "queryStringParameters": None,
    "multiValueQueryStringParameters": None,
    "requestContext": {"requestId": "r", "identity": {"sourceIp": "192.0.2.1"}},
    "body": None,
    "isBase64Encoded": False,
}

# What the emulator logs if trailers exceed the limit of its Runtime API.
LONG_TRAILER = "suspiciously long trailer after chunked body"

type StartRie = Callable[..., Awaitable["Rie"]]


def find_rie() -> Path | None:
    """Return the emulator in the environment of aws-sam-cli, or None."""
    name = f"aws-lambda-rie-{ARCHITECTURES[platform.machine()]}"
    folder = "lib/python3.13/site-packages/samcli/local/rapid"
    found = ROOT / ".venv-sam" / folder / name
    return found if found.exists() else None


class Rie:
    """An emulator and its function process."""

    def __init__(self, address: str, log: Path) -> None:
        self._url = f"{address}/2015-03-31/functions/function/invocations"
        self._log = log

    async def invoke(self, payload: object = None, *, path: str = "/") -> httpx2.Response:
        """Invoke the function with a REST proxy event for `path`, or with `payload`."""
        event = {**EVENT, "path": path} if payload is None else payload
        async with httpx2.AsyncClient(trust_env=False, timeout=120) as client:
            return await client.post(self._url, json=event)

    async def streamed(self, path: str = "/") -> tuple[dict[str, Any], bytes]:
        """Return the prelude and the body of a streamed answer."""
        prelude, end, body = (await self.invoke(path=path)).content.partition(b"\0" * 8)
        assert end
        return json.loads(prelude), body

    async def error(self, path: str = "/") -> dict[str, Any]:
        """Return Lambda's error for an invocation that fails."""
        content: dict[str, Any] = (await self.invoke(path=path)).json()
        return content

    @property
    def log(self) -> str:
        return self._log.read_text()


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[StartRie]:
    """Return a function that starts the emulator with a handler or another command."""
    rie = find_rie()
    if rie is None:
        report = pytest.fail if os.environ.get("DEMAND_RIE") == "1" else pytest.skip
        report("the emulator comes with aws-sam-cli: make build")
    async with AsyncExitStack() as running:

        async def start(handler: str, *command: str, **extra: str) -> Rie:
            address = f"127.0.0.1:{free_port()}"
            options = ["--runtime-interface-emulator-address", address]
            options += ["--runtime-api-address", f"127.0.0.1:{free_port()}", "--log-level", "info"]
            wrapped = [str(WRAPPER), sys.executable, "-m", "awslambdaric", handler]
            environ = {
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "AWS_LAMBDA_FUNCTION_NAME": "Chat",
                "AWS_LAMBDA_FUNCTION_TIMEOUT": "120",
                "LAMBDA_TASK_ROOT": str(ROOT),
                "_HANDLER": handler,
                **extra,
            }
            emulator = [str(rie), *options, *(command or wrapped)]
            url = f"http://{address}"
            await running.enter_async_context(
                server("rie", emulator, environ, url, tmp_path, Supervisor())
            )
            return Rie(url, tmp_path / "rie.log")

        yield start
