"""What a turn spends on its tools: requests, and time by direct Invoke and in process.

A turn connects, lists the tools and calls one 0, 1 or 3 times. By Invoke the MCP function runs in a
process of its own behind the Invoke API, as on the local stack; in process its handler is called
with the same events. Medians of several turns in one run, the ways in turn.
"""

import asyncio
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import httpx2

from chat_api.lambda_transport import LambdaTransport, proxy_event, proxy_response
from chat_api.tool_server import ToolServer
from chatcore.aws import AwsClients
from chatcore.keys import SecretsManagerKeys
from local_stack.function_process import environment
from local_stack.login import Login
from local_stack.parameters import parameters
from local_stack.stack import Options
from local_stack.stand_ins import running_stand_ins
from local_stack.template import Function, read_template

TEMPLATE = Path("template.yaml")
TURNS = 30
CALLS = (0, 1, 3)


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
class Turn:
    """Seconds until the tools were listed, and for each call; and the requests made in all."""

    ready: float
    calls: list[float]
    requests: int

    @property
    def whole(self) -> float:
        return self.ready + sum(self.calls)


async def turn(way: httpx2.AsyncBaseTransport, keys: SecretsManagerKeys, calls: int) -> Turn:
    counted = Counted(way)
    at = [time.perf_counter()]
    async with ToolServer(lambda: counted, keys).connect("bench") as server:
        await server.list_tools()
        at.append(time.perf_counter())
        for _ in range(calls):
            await server.call_tool("list_tasks", {})
            at.append(time.perf_counter())
    ready, *each = (after - before for before, after in pairwise(at))
    return Turn(ready, each, counted.requests)


def mcp_function(address: str) -> Function:
    login = Login("https://login.local", "chatkit-local", "s" * 48)
    functions = read_template(TEMPLATE, parameters({}, 0, login, address)).functions
    return next(each for each in functions if each.name == "McpFunction")


async def compare(address: str, thread: ThreadPoolExecutor) -> None:
    function = mcp_function(address)
    endpoint = {"AWS_ENDPOINT_URL": address}
    os.environ.update(environment(function, "unused", endpoint, Path(os.devnull)))
    from task_tools.app import handler, settings

    clients = AwsClients()
    keys = SecretsManagerKeys(lambda: clients.secretsmanager, settings.tool_secret_arn)
    ways: dict[str, httpx2.AsyncBaseTransport] = {
        "by Invoke": LambdaTransport(lambda: clients.functions, function.name),
        "in process": InProcess(handler, thread),
    }
    for way in ways.values():
        await turn(way, keys, 1)
    print(f"tools of a turn: medians of {TURNS} turns")
    for calls in CALLS:
        turns: dict[str, list[Turn]] = {name: [] for name in ways}
        for _ in range(TURNS):
            for name, way in ways.items():
                turns[name].append(await turn(way, keys, calls))
        base = median(each.whole for each in turns["in process"])
        for name, made in turns.items():
            whole = median(each.whole for each in made)
            of_a_call = [seconds for each in made for seconds in each.calls]
            print(
                f"  {calls} calls {name:10}  {made[0].requests} requests"
                f"  listed after {median(each.ready for each in made) * 1000:5.1f} ms"
                f"  whole {whole * 1000:5.1f} ms, {whole / base:.2f} x in process"
                + (f"  a call {median(of_a_call) * 1000:5.1f} ms" if of_a_call else "")
            )


async def main() -> None:
    options = Options(
        TEMPLATE, Path(".local/logs/bench"), 0, {}, report=print, access=lambda _line: None
    )
    with ThreadPoolExecutor(1, initializer=_own_loop) as thread:
        async with running_stand_ins(options) as address:
            await compare(address, thread)


def _own_loop() -> None:
    asyncio.set_event_loop(asyncio.new_event_loop())


if __name__ == "__main__":
    asyncio.run(main())
