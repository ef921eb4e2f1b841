"""The HTTP transport between a turn and one tool server."""

import asyncio
from collections.abc import Callable

import httpx2

from chatcore.errors import Unavailable
from chatcore.logs import described, logger
from chatcore.thread_pools import KEYS

# From the range that JSON-RPC leaves to implementations; the responses below are our own.
UNREACHABLE = -32050
# The request was sent, so the server may have done what it asks for.
LOST = -32051
NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, Unavailable)


class ToolTransport(httpx2.AsyncBaseTransport):
    """Signs each request with the turn's token, and answers in place of a server that fails.

    A failed request would end the SDK's whole connection and all its requests. An error response
    ends only one request. After one failed POST the server is not asked again: the SDK would try an
    older revision, and wait as long a second time. The underlying transport belongs to the
    environment and stays open.
    """

    def __init__(
        self, name: str, transport: httpx2.AsyncBaseTransport, token: Callable[[], str] | None
    ) -> None:
        self._name = name
        self._transport = transport
        self._mint = token
        self._token: str | None = None
        self._minting = asyncio.Lock()
        self._dead = False

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if self._dead:
            return _unanswered(request, UNREACHABLE)
        try:
            await self._sign(request)
            response = await self._transport.handle_async_request(request)
            if response.status_code in (401, 403, 429) or response.status_code >= 500:
                logger.error("tool_server_refused", server=self._name, status=response.status_code)
                await response.aclose()
                ran = response.status_code >= 500
                return _unanswered(request, LOST if ran else UNREACHABLE)
            return await _whole(response, request)
        except (httpx2.TransportError, Unavailable) as error:
            # An event stream (GET) may end because there are no events.
            self._dead |= request.method == "POST"
            logger.error("tool_server_unreachable", server=self._name, **described(error))
            return _unanswered(request, UNREACHABLE if isinstance(error, NEVER_SENT) else LOST)

    async def _sign(self, request: httpx2.Request) -> None:
        if self._mint is None:
            return
        async with self._minting:
            if self._token is None:
                self._token = await KEYS.run(self._mint)
        request.headers["authorization"] = f"Bearer {self._token}"


async def _whole(response: httpx2.Response, request: httpx2.Request) -> httpx2.Response:
    """Return the response with its JSON read, so that a cut connection is noticed here."""
    if response.headers.get("content-type", "").startswith("application/json"):
        response.request = request
        await response.aread()
    return response


def _unanswered(request: httpx2.Request, code: int) -> httpx2.Response:
    error = {"code": code, "message": "The tool server cannot be reached."}
    body = {"jsonrpc": "2.0", "id": None, "error": error}
    return httpx2.Response(503, json=body, request=request)
