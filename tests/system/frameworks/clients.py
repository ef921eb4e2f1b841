"""A request to an application through each server: the streaming runtime and uvicorn."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import httpx2

from local_stack.gateway.events import HttpRequest, Receipt, proxy_event
from local_stack.gateway.routing import Match
from local_stack.template import Route
from tests.unit.lambda_stream.conftest import Function, Reply

SECONDS = 900.0
ROUTE = Match(Route("/{path+}", "ANY", "Example", True, SECONDS), {})
# Headers that a server adds or that describe its own connection.
SERVER_HEADERS = {"connection", "date", "server", "transfer-encoding"}
EMPTY = ("content-length", "0")


@dataclass(frozen=True)
class Request:
    target: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """What an application answered through a server.

    `headers` are the application's own. `whole` is whether the body is complete.
    """

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    whole: bool


class Lambda:
    """A function process, which receives a request as API Gateway's event."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self._ids = count()

    async def begin(self, request: Request) -> Reply:
        """Send a request, and return the answer before it is complete."""
        url = urlsplit(request.target)
        headers = (("host", "127.0.0.1"), *request.headers)
        http = HttpRequest(
            request.method, url.path, url.query, headers, request.body, "127.0.0.1", 80
        )
        answer = await self.function.api.invoke(
            proxy_event(http, ROUTE, Receipt(), "v1"),
            deadline_ms=int((time.time() + SECONDS) * 1000),
            request_id=f"request-{next(self._ids)}",
            function_arn="arn",
            trace_id="",
        )
        return Reply(answer)

    async def ask(self, request: Request) -> Answer:
        reply = await self.begin(request)
        head = await reply.prelude()
        body = await reply.rest()
        return Answer(
            head["statusCode"],
            _own(_fields(head)),
            # The runtime sends a newline for an empty stream.
            b"" if body == b"\n" else body,
            reply.answer.error is None,
        )


class Uvicorn:
    """A uvicorn server, which receives a request over HTTP."""

    def __init__(self, port: int) -> None:
        self._address = f"http://127.0.0.1:{port}"

    async def ask(self, request: Request) -> Answer:
        headers = [
            (name.encode(), value.encode("latin-1"))
            for name, value in (("host", "127.0.0.1"), *request.headers)
        ]
        url = self._address + request.target
        http = httpx2.Request(request.method, url, headers=headers, content=request.body)
        body, whole = b"", True
        async with httpx2.AsyncClient(trust_env=False, timeout=None, verify=False) as client:
            response = await client.send(http, stream=True)
            try:
                async for part in response.aiter_raw():
                    body += part
            except httpx2.RemoteProtocolError:
                whole = False
        fields = [(name.decode(), value.decode("latin-1")) for name, value in response.headers.raw]
        return Answer(response.status_code, _own(fields), body, whole)


def _fields(head: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the headers of a prelude."""
    repeated = head["multiValueHeaders"].items()
    return [
        *head["headers"].items(),
        *((name, value) for name, values in repeated for value in values),
        *(("set-cookie", value) for value in head["cookies"]),
    ]


def _own(fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the application's own headers, sorted, because the order of names does not matter.

    The runtime sends Lambda no length of zero, because a stream there needs a byte.
    """
    own = [(name.lower(), value) for name, value in fields if name.lower() not in SERVER_HEADERS]
    return sorted((each for each in own if each != EMPTY), key=lambda field: field[0])
