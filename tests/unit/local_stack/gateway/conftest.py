"""A gateway on real sockets, in front of a function that the test controls."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest

from local_stack.gateway.app import Gateway
from local_stack.lambda_.answer import Answer, FunctionError
from local_stack.lambda_.concurrency import Reason, Throttled
from local_stack.serving import address_of, listen, serving
from local_stack.template import GatewayResponse, Route, Template

# The timeout of every route, in seconds.
TIMEOUT = 29.0
CODED = '{"message": $context.error.messageString, "code": "$context.error.responseType"}'


class ControlledFunction:
    """A function whose answer the test sends piece by piece."""

    def __init__(self) -> None:
        self.answer = Answer()
        self.invoked = asyncio.Event()
        self.payload = b""
        self.throttled = False

    async def invoke(self, payload: bytes, trace_id: str) -> Answer:
        if self.throttled:
            raise Throttled("F", Reason.ACCOUNT)
        self.payload = payload
        self.invoked.set()
        await self.answer.begun.wait()
        return self.answer

    def send(self, *parts: bytes, error: FunctionError | None = None) -> None:
        """Send a complete answer."""
        self.answer.begin("", streaming=True)
        for part in parts:
            self.answer.feed(part)
        self.answer.end(error)


class Stage:
    """A running gateway with one function behind all its routes."""

    def __init__(
        self, client: httpx2.AsyncClient, function: ControlledFunction, reports: list[str]
    ) -> None:
        self.client = client
        self.function = function
        self.reports = reports


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    function, reports = ControlledFunction(), list[str]()
    custom = GatewayResponse(
        None, {"Access-Control-Allow-Origin": "'*'"}, {"application/json": CODED}
    )
    template = Template(
        parameters={},
        stage="v1",
        functions=(),
        routes=(
            Route("/buffered", "ANY", "F", streaming=False, timeout=TIMEOUT),
            Route("/stream", "POST", "F", streaming=True, timeout=TIMEOUT),
        ),
        gateway_responses={"DEFAULT_4XX": custom, "DEFAULT_5XX": custom},
        tables=(),
        secrets=(),
        buckets=(),
    )
    app = Gateway(template, {"F": function}, reports.append)
    with listen(0) as listener:
        address = address_of(listener)
        async with (
            serving(app, listener),
            httpx2.AsyncClient(base_url=address, trust_env=False, timeout=None) as client,
        ):
            yield Stage(client, function, reports)
            await app.stop()
