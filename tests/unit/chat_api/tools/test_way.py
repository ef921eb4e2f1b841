"""A turn's HTTP to one server: how long it takes at most, and what is not tried again."""

import httpx2
import pytest

from chat_api.tools.errors import ToolsUnavailable
from chat_api.tools.server import Server
from chat_api.tools.session import ToolSession
from chat_api.tools.transport import ToolTransport

URL = "https://weather.example.com/mcp"


class Silent(httpx2.AsyncBaseTransport):
    """Answers nothing to requests of some methods, and notes how long it might have taken."""

    def __init__(self, *methods: str) -> None:
        self._methods = methods
        self.timeouts: list[dict[str, float]] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.timeouts.append(request.extensions["timeout"])
        if request.method in self._methods:
            raise httpx2.ReadTimeout("silent", request=request)
        return httpx2.Response(202, request=request)


async def test_connecting_and_reading_end_in_time_and_are_tried_once(logged: object) -> None:
    silent = Silent("POST")
    server = Server("weather", URL, lambda: silent, bearer=None)
    with pytest.raises(ToolsUnavailable):
        await ToolSession(server, "alice").tools()
    [timeout] = silent.timeouts
    # The sentence comes within 5 s; Lambda gives a cold start 10 s, API Gateway an answer 29 s.
    assert timeout["connect"] < 5
    assert 10 < timeout["read"] < 29


async def test_a_stream_without_news_keeps_no_call_from_being_made(logged: object) -> None:
    way = ToolTransport("weather", Silent("GET"), None)
    async with httpx2.AsyncClient(transport=way) as client:
        assert (await client.get(URL)).status_code == 503
        assert (await client.post(URL)).status_code == 202
