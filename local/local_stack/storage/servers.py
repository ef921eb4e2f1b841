"""The servers that stand in for AWS's storage: moto, and dynoxide for DynamoDB if installed."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from local_stack.storage.provisioning import provision
from local_stack.subprocesses import free_port, server
from local_stack.supervisor import Supervisor
from local_stack.template import Template


class StorageServers:
    """Servers that keep everything in memory, so no data outlives the stack.

    The variable DYNOXIDE or PATH locates dynoxide. Unlike moto, it answers any web page that
    guesses its port, but it stores no secrets.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._dynoxide = environment.get("DYNOXIDE") or shutil.which("dynoxide")
        self._port = free_port()
        self._dynamodb_port = free_port() if self._dynoxide else self._port

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def dynamodb_endpoint(self) -> str:
        return f"http://127.0.0.1:{self._dynamodb_port}"

    @asynccontextmanager
    async def running(
        self, template: Template, logs: Path, supervisor: Supervisor
    ) -> AsyncIterator[None]:
        """Run the servers with the template's tables, secrets and buckets. Raise StackError."""
        moto = [sys.executable, "-m", "local_stack.storage.moto_server", "--end-with-stdin"]
        moto += ["--port", str(self._port)]
        async with AsyncExitStack() as running:
            await running.enter_async_context(
                server("moto", moto, self._environment, self.endpoint, logs, supervisor)
            )
            if self._dynoxide:
                port = str(self._dynamodb_port)
                dynoxide = [self._dynoxide, "--host", "127.0.0.1", "--port", port]
                await running.enter_async_context(
                    server(
                        "dynoxide",
                        dynoxide,
                        self._environment,
                        self.dynamodb_endpoint,
                        logs,
                        supervisor,
                    )
                )
            await asyncio.to_thread(provision, template, self.endpoint, self.dynamodb_endpoint)
            yield
