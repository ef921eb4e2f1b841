"""Requests to a tool server have time limits and are not retried."""

import httpx2
import pytest

from chat_api.tools.errors import ToolsUnavailable
from chat_api.tools.server import Server
from chat_api.tools.session import ToolSession
from chat_api.tools.transport import ToolTransport

URL = "https://weather.example.com/mcp"


class Silent(httpx2.AsyncBaseTransport):
    """Never answers requests with these methods, and records the timeouts."""

    def __init__(self, *methods: str) -> None:
        self._methods = methods
        self.timeouts: list[dict[str, float]] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.timeouts.append(request.extensions["timeout"])
        if request.method in self._methods:
            raise httpx2.ReadTimeout("silent", request=request)
        return httpx2.Response(202, request=request)


async def test_connecting_and_reading_have_time_limits_and_are_not_retried() -> None:
    silent = Silent("POST")
    server = Server("weather", URL, lambda: silent, bearer=None)
    with pytest.raises(ToolsUnavailable):
        await ToolSession(server, "alice").tools()
    [timeout] = silent.timeouts
    # A dead address is noticed within 5 s. On Lambda, a cold start may take 10 s; API Gateway waits
    # 29 s at most.
    assert timeout["connect"] < 5
    assert 10 < timeout["read"] < 29


async def test_a_silent_event_stream_does_not_block_calls() -> None:
    transport = ToolTransport("weather", Silent("GET"), None)
    async with httpx2.AsyncClient(transport=transport) as client:
        assert (await client.get(URL)).status_code == 503
        assert (await client.post(URL)).status_code == 202
