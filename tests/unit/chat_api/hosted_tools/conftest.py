"""A chat whose model has the tools that OpenAI runs itself."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from agents import WebSearchTool

from chat_api.api.routes import create_chat_app
from chat_api.conversation.assistant import Assistant
from chat_api.conversation.generated_images import with_image_generation
from chat_api.conversation.server import ConversationServer
from chat_api.model.endpoints import create_client
from chat_api.model.provider import create_run_config
from chat_api.store.dynamo import DynamoStore
from chat_api.store.transcript import Transcript
from chat_api.tools.lambda_transport import LambdaTransport
from chat_api.tools.server import internal_server
from chat_api.tools.toolset import ToolServers
from chatcore.auth.keys import Keys
from chatcore.gate.gate import Gate
from local_stack.model.app import create_app
from local_stack.model.model import Model, pause_of
from tests.unit.chat_api.conftest import Scripted
from tests.unit.chat_api.one_endpoint import one_endpoint
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.tool_function import ToolFunction


class Endpoint(httpx2.ASGITransport):
    """The scripted model's endpoint, with the bodies of all requests so far."""

    def __init__(self) -> None:
        self.model = Model(pause=pause_of(0))
        self.requests: list[httpx2.Request] = []
        super().__init__(app=create_app(self.model))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        return await super().handle_async_request(request)

    @property
    def last_body(self) -> str:
        return self.requests[-1].content.decode()


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint()


@pytest.fixture
def api() -> str:
    """Return the API of the endpoint. A test of the other one overrides this."""
    return "responses"


@pytest.fixture
def assistant(assistant: Assistant) -> Assistant:
    searching = assistant.agent.clone(tools=[*assistant.agent.tools, WebSearchTool()])
    return with_image_generation(replace(assistant, agent=searching))


@pytest.fixture
async def chat(
    endpoint: Endpoint,
    api: str,
    store: DynamoStore,
    transcript: Transcript,
    tool_function: ToolFunction,
    gate: Gate,
    keys: Keys,
    provider: Scripted,
    assistant: Assistant,
) -> AsyncIterator[Chat]:
    async with create_client("http://model/v1", "any", endpoint) as client:
        transport: Any = LambdaTransport(lambda: tool_function.client, "McpFunction")
        server = ConversationServer(
            store,
            transcript,
            ToolServers([internal_server(transport, keys)]),
            create_run_config(one_endpoint(client, use_responses=api == "responses")),
            assistant,
        )
        app = create_chat_app(server, gate, keys, allowed_origins=())
        yield Chat(app, gate, keys, provider.model)
