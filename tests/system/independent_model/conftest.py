"""The chat function in this process, with aimock as its model's endpoint."""

from collections.abc import AsyncIterator, Iterator

import pytest

from chat_api.api.routes import create_chat_app
from chat_api.conversation.assistant import Assistant
from chat_api.conversation.server import ConversationServer
from chat_api.model.endpoints import ApiKey, Endpoints
from chat_api.model.model_config import Api, shorthand
from chat_api.model.provider import ListedModels, create_run_config
from chat_api.model.retry_policy import RetryPolicy
from chat_api.store.dynamo import DynamoStore
from chat_api.store.transcript import Transcript
from chat_api.tools.lambda_transport import LambdaTransport
from chat_api.tools.server import internal_server
from chat_api.tools.toolset import ToolServers
from chatcore.auth.keys import Keys
from chatcore.gate.gate import Gate
from tests.system.independent_model.aimock import Aimock, running_aimock
from tests.system.independent_model.wire_chat import RecordingTransport, WireChat

# The chat function's fixtures and their dependencies.
from tests.unit.chat_api.conftest import *  # noqa: F403
from tests.unit.chat_api.conftest import Scripted
from tests.unit.chat_api.tool_function import ToolFunction

NO_PAUSES = RetryPolicy(first_pause=0.0)
APIS: tuple[Api, ...] = ("responses", "chat_completions")


def no_secrets(secret_id: str) -> ApiKey:
    raise AssertionError(f"No model here needs the secret {secret_id}")


@pytest.fixture(scope="session")
def aimock_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aimock]:
    with running_aimock(tmp_path_factory.mktemp("fixtures")) as server:
        yield server


@pytest.fixture
def aimock(aimock_server: Aimock) -> Iterator[Aimock]:
    """Return the server without fixtures."""
    yield aimock_server
    aimock_server.reset()


@pytest.fixture(params=APIS)
def api(request: pytest.FixtureRequest) -> Api:
    api: Api = request.param
    return api


@pytest.fixture
def model() -> str:
    """Return a name that aimock knows to be of a model without reasoning."""
    return "gpt-4.1"


@pytest.fixture(name="chat")
async def chat_with_aimock(
    aimock: Aimock,
    api: Api,
    model: str,
    store: DynamoStore,
    transcript: Transcript,
    tool_function: ToolFunction,
    gate: Gate,
    keys: Keys,
    provider: Scripted,
    assistant: Assistant,
) -> AsyncIterator[WireChat]:
    """Return a chat whose model is aimock behind one of the APIs."""
    transport = RecordingTransport()
    models = shorthand((model,), api=api, base_url=f"{aimock.address}/v1")
    endpoints = Endpoints(no_secrets, transport)
    async with endpoints.client(models.config(model)):
        run_config = create_run_config(
            ListedModels(models, endpoints.client, retry_policy=NO_PAUSES)
        )
        lambda_transport = LambdaTransport(lambda: tool_function.client, "McpFunction")
        server = ConversationServer(
            store,
            transcript,
            ToolServers([internal_server(lambda_transport, keys)]),
            run_config,
            assistant,
            models=models,
        )
        chat = WireChat(
            create_chat_app(server, gate, keys, allowed_origins=()), gate, keys, provider.model
        )
        chat.transport = transport
        yield chat
