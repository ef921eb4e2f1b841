"""What a turn spends on its tools: requests and time, with 0, 1 and 3 calls, in a warm container.

By Invoke the MCP function runs in a process of its own behind the Invoke API, as on the local
stack; in process its handler is called with the same events; the Agents SDK's own client, which
connects and lists the tools in every turn, goes by Invoke too. Medians of several turns in one run,
the ways in turn. Promised, by exit status: at most one request more than calls, none without calls.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import httpx2
from agents.mcp import MCPServer, MCPServerStreamableHttp

from chat_api.tools.auth import tool_token
from chat_api.tools.idempotency import KEY
from chat_api.tools.lambda_transport import LambdaTransport, proxy_event, proxy_response
from chat_api.tools.server import URL, internal_server
from chat_api.tools.toolset import ToolServers
from chatcore.auth.keys import Keys, SecretsManagerKeys
from chatcore.aws import AwsClients
from local_stack.lambda_.function_process import environment
from local_stack.login import LocalLogin
from local_stack.parameters import parameters
from local_stack.stack import Options
from local_stack.stand_ins import running_stand_ins
from local_stack.template import Function, read_template

TEMPLATE = Path("template.yaml")
TURNS = 30
CALLS = (0, 1, 3)
USER = "bench"

# Brings one turn to its tools.
type Connect = Callable[[], AbstractAsyncContextManager[MCPServer]]


class InProcess(httpx2.AsyncBaseTransport):
    """Hands each request to the handler in a thread with an event loop, as Lambda's client does."""

    def __init__(self, handler: Callable[[Any, Any], Any], thread: ThreadPoolExecutor) -> None:
        self._handler = handler
        self._thread = thread

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        event = proxy_event(request, await request.aread())
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self._thread, self._handler, event, None)
        return proxy_response(answer, request)


class Counted(httpx2.AsyncBaseTransport):
    """Counts what goes over a way."""

    def __init__(self, way: httpx2.AsyncBaseTransport) -> None:
        self._way = way
        self.requests = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.requests += 1
        return await self._way.handle_async_request(request)


@dataclass(frozen=True)
class Way:
    """A way from a turn to its tools, and what went over it."""

    connect: Connect
    counted: Counted


@dataclass(frozen=True)
class Turn:
    seconds: float
    requests: int


async def turn(way: Way, calls: int) -> Turn:
    """What the Agents SDK does for an answer: it asks for the tools, then it calls them."""
    before = way.counted.requests
    begun = time.perf_counter()
    async with way.connect() as server:
        await server.list_tools()
        for number in range(calls):
            await server.call_tool("list_tasks", {}, {KEY: f"{begun}/{number}"})
    return Turn(time.perf_counter() - begun, way.counted.requests - before)


def ours(transport: httpx2.AsyncBaseTransport, keys: Keys) -> Way:
    counted = Counted(transport)
    servers = ToolServers([internal_server(counted, keys)])
    return Way(lambda: servers.connect(USER), counted)


def the_sdk_s(transport: httpx2.AsyncBaseTransport, keys: Keys) -> Way:
    counted = Counted(transport)

    def client(
        headers: dict[str, str] | None = None, timeout: Any = None, auth: Any = None
    ) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(transport=counted, headers=headers, timeout=timeout, auth=auth)

    @asynccontextmanager
    async def connect() -> AsyncIterator[MCPServer]:
        headers = {"authorization": f"Bearer {tool_token(keys)(USER)}"}
        async with MCPServerStreamableHttp(
            {"url": URL, "headers": headers, "httpx_client_factory": client},
            cache_tools_list=True,
        ) as server:
            yield server

    return Way(connect, counted)


def mcp_function(address: str) -> Function:
    login = LocalLogin("https://login.local", "chatkit-local", "s" * 48)
    functions = read_template(TEMPLATE, parameters({}, 8000, login, address)).functions
    return next(each for each in functions if each.name == "McpFunction")


async def compare(address: str, thread: ThreadPoolExecutor) -> bool:
    """Print the comparison; False when a promise is broken."""
    function = mcp_function(address)
    endpoint = {"AWS_ENDPOINT_URL": address}
    os.environ.update(environment(function, "unused", endpoint, Path(os.devnull)))
    from mcp_api.app import handler, settings

    clients = AwsClients()
    keys = SecretsManagerKeys(lambda: clients.secretsmanager, settings.tool_secret_arn)
    invoke = LambdaTransport(lambda: clients.functions, function.name)
    ways = {
        "in process": ours(InProcess(handler, thread), keys),
        "by Invoke": ours(invoke, keys),
        "the SDK's client": the_sdk_s(invoke, keys),
    }
    cold = [(await turn(way, 1)).requests for way in ways.values()]
    print(f"tools of a turn in a warm container: medians of {TURNS} turns")
    kept = True
    for calls in CALLS:
        turns: dict[str, list[Turn]] = {name: [] for name in ways}
        for _ in range(TURNS):
            for name, way in ways.items():
                turns[name].append(await turn(way, calls))
        base = median(each.seconds for each in turns["in process"])
        for name, made in turns.items():
            seconds = median(each.seconds for each in made)
            ratio = f"{seconds / base:5.2f} x in process" if calls else ""
            print(
                f"  {calls} calls {name:17} {made[0].requests} requests {seconds * 1000:6.1f} ms"
                f" {ratio}"
            )
        most = max(each.requests for each in turns["by Invoke"])
        kept &= most <= (calls + 1 if calls else 0)
    print(f"  the first turn of a container, 1 call: {cold[1]} requests")
    return kept


async def main() -> int:
    options = Options(
        TEMPLATE, Path(".local/logs/bench"), 0, {}, report=print, access=lambda _line: None
    )
    with ThreadPoolExecutor(1, initializer=_own_loop) as thread:
        async with running_stand_ins(options) as address:
            kept = await compare(address, thread)
    if not kept:
        print("promised: at most N + 1 requests for N calls, and none for none")
    return 0 if kept else 1


def _own_loop() -> None:
    asyncio.set_event_loop(asyncio.new_event_loop())


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
