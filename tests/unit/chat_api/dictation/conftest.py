"""A chat that takes dictation, with an endpoint that a test can replace."""

from collections.abc import Callable

import httpx2
import pytest

from chat_api.conversation.server import ConversationServer
from chat_api.dictation.transcriber import Transcriber
from chat_api.model.endpoints import create_client
from chat_api.model.model_config import ModelConfig
from local_stack.model.app import create_app

type Respond = Callable[[httpx2.Request], httpx2.Response]


class Endpoint(httpx2.AsyncBaseTransport):
    """The scripted model's endpoint, unless a test sets another response."""

    def __init__(self) -> None:
        self.requests: list[httpx2.Request] = []
        self.respond: Respond | None = None
        self._scripted = httpx2.ASGITransport(create_app())

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        await request.aread()
        if self.respond:
            return self.respond(request)
        return await self._scripted.handle_async_request(request)


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint()


@pytest.fixture
def transcriber(endpoint: Endpoint) -> Transcriber:
    client = create_client("http://model/v1", "key", endpoint)
    return Transcriber(ModelConfig(name="hears"), lambda _config: client)


@pytest.fixture
def server(server: ConversationServer, transcriber: Transcriber) -> ConversationServer:
    server.transcriber = transcriber
    return server
