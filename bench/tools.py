"""Measures a turn's tools: requests and time with 0, 1 and 3 calls, in a warm environment.

"By Invoke", the MCP function runs in its own process behind the Invoke API, as on the local stack.
"In process", its handler is called with the same events. The Agents SDK's own client connects and
lists the tools in every turn; it also uses Invoke. The clients alternate, and the medians of
several turns count. The exit status is 1 if a turn needs more than one request besides its calls,
or any request without calls.
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
from local_stack.lambda_.function_process import environment_variables
from local_stack.login import LocalLogin
from local_stack.parameters import parameters
from local_stack.stack import Options
from local_stack.stand_ins import running_stand_ins
from local_stack.template import Function, read_template

TEMPLATE = Path("template.yaml")
TURNS = 30
CALLS = (0, 1, 3)
USER = "bench"

# A context in which the tools of one turn are connected.
type Connect = Callable[[], AbstractAsyncContextManager[MCPServer]]


class InProcessTransport(httpx2.AsyncBaseTransport):
    """Calls the handler in a thread with an event loop, as Lambda's client does."""

    def __init__(self, handler: Callable[[Any, Any], Any], thread: ThreadPoolExecutor) -> None:
        self._handler = handler
        self._thread = thread

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        event = proxy_event(request, await request.aread())
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self._thread, self._handler, event, None)
        return proxy_response(answer, request)


class CountingTransport(httpx2.AsyncBaseTransport):
    """Counts the requests of a transport."""

    def __init__(self, transport: httpx2.AsyncBaseTransport) -> None:
        self._transport = transport
        self.requests = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.requests += 1
        return await self._transport.handle_async_request(request)


@dataclass(frozen=True)
class ToolClient:
    """A client for the tools of a turn, and the transport that counts its requests."""

    connect: Connect
    transport: CountingTransport


@dataclass(frozen=True)
class Turn:
    """The time and the number of requests of a turn's tools."""

    seconds: float
    requests: int


async def turn(client: ToolClient, calls: int) -> Turn:
    """Do what the Agents SDK does for an answer: list the tools, then call them."""
    before = client.transport.requests
    started = time.perf_counter()
    async with client.connect() as server:
        await server.list_tools()
        for number in range(calls):
            await server.call_tool("list_tasks", {}, {KEY: f"{started}/{number}"})
    return Turn(time.perf_counter() - started, client.transport.requests - before)


def our_client(transport: httpx2.AsyncBaseTransport, keys: Keys) -> ToolClient:
    counted = CountingTransport(transport)
    servers = ToolServers([internal_server(counted, keys)])
    return ToolClient(lambda: servers.connect(USER), counted)


def sdk_client(transport: httpx2.AsyncBaseTransport, keys: Keys) -> ToolClient:
    counted = CountingTransport(transport)

    def client(
        headers: dict[str, str] | None = None,
        timeout: httpx2.Timeout | None = None,
        auth: httpx2.Auth | None = None,
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

    return ToolClient(connect, counted)


def mcp_function(address: str) -> Function:
    login = LocalLogin("https://login.local", "chatkit-local", "s" * 48)
    functions = read_template(TEMPLATE, parameters({}, 8000, login, address)).functions
    return next(each for each in functions if each.name == "McpFunction")


async def compare(address: str, thread: ThreadPoolExecutor) -> bool:
    """Print the comparison. Return whether the limits hold."""
    function = mcp_function(address)
    endpoint = {"AWS_ENDPOINT_URL": address}
    os.environ.update(environment_variables(function, "unused", endpoint, Path(os.devnull)))
    from mcp_api.app import handler, settings

    aws = AwsClients()
    keys = SecretsManagerKeys(lambda: aws.secretsmanager, settings.tool_secret_arn)
    invoke = LambdaTransport(lambda: aws.functions, function.name)
    clients = {
        "in process": our_client(InProcessTransport(handler, thread), keys),
        "by Invoke": our_client(invoke, keys),
        "the SDK's client": sdk_client(invoke, keys),
    }
    first_requests = {name: (await turn(client, 1)).requests for name, client in clients.items()}
    print(f"tools of a turn in a warm environment: medians of {TURNS} turns")
    within_limits = True
    for calls in CALLS:
        turns: dict[str, list[Turn]] = {name: [] for name in clients}
        for _ in range(TURNS):
            for name, client in clients.items():
                turns[name].append(await turn(client, calls))
        base = median(each.seconds for each in turns["in process"])
        for name, client_turns in turns.items():
            seconds = median(each.seconds for each in client_turns)
            ratio = f"{seconds / base:5.2f} x in process" if calls else ""
            print(
                f"  {calls} calls {name:17} {client_turns[0].requests} requests"
                f" {seconds * 1000:6.1f} ms {ratio}"
            )
        requests = max(each.requests for each in turns["by Invoke"])
        within_limits &= requests <= (calls + 1 if calls else 0)
    print(f"  the first turn of an environment, 1 call: {first_requests['by Invoke']} requests")
    return within_limits


async def main() -> int:
    options = Options(
        TEMPLATE, Path(".local/logs/bench"), 0, {}, report=print, access=lambda _line: None
    )
    with ThreadPoolExecutor(1, initializer=_set_event_loop) as thread:
        async with running_stand_ins(options) as address:
            within_limits = await compare(address, thread)
    if not within_limits:
        print("limit: N + 1 requests for N calls, and none without calls")
    return 0 if within_limits else 1


def _set_event_loop() -> None:
    """Give the thread an event loop for Mangum."""
    asyncio.set_event_loop(asyncio.new_event_loop())


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
