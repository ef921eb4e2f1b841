"""A chat whose tool calls are recorded and can fail as Lambda's do."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any, cast

import httpx2
import jwt
import pytest
from agents.testing import ScriptedModel
from botocore.exceptions import ClientError, ConnectionClosedError

from chat_api.api.routes import create_chat_app
from chat_api.conversation.server import ConversationServer
from chat_api.model.provider import create_run_config
from chat_api.store.dynamo import DynamoStore
from chat_api.store.transcript import Transcript
from chat_api.tools.auth import tool_token
from chat_api.tools.lambda_transport import LambdaTransport
from chat_api.tools.retries import InvokeRetries
from chat_api.tools.server import OWN, URL, Server, Waits
from chat_api.tools.toolset import ToolServers
from chatcore.auth.keys import Keys
from chatcore.gate.gate import Gate
from task_assistant.agent import assistant
from tests.loop_clock import LoopClock
from tests.unit.chat_api.conftest import Chat, Scripted
from tests.unit.chat_api.tool_function import ToolFunction

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

# No real time passes: these waits end when a test moves the event loop's clock.
ANSWER_SECONDS = 3000.0
AFTER_SILENCE = 2000.0
PATIENCE = 1000.0


class ServerClock:
    """Seconds, advanced by the test."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class RecordingLambda:
    """Lambda's Invoke API in front of the MCP function, with a record of its requests.

    While a call hangs, `seconds_passing` pass on the event loop's clock.
    """

    def __init__(self, function: ToolFunction, clock: LoopClock) -> None:
        self.seconds_passing = ANSWER_SECONDS
        # Set once a call hangs and `seconds_passing` have passed.
        self.hung = asyncio.Event()
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._function = function
        self.tasks = function.tasks
        self.requests: list[dict[str, Any]] = []
        self.tokens: list[dict[str, Any]] = []
        # How the next calls fail, one entry for each.
        self.failures: list[str] = []
        self.hanging = threading.Event()

    @property
    def client(self) -> "LambdaClient":
        """Return this fake as the type that it stands in for."""
        return cast("LambdaClient", self)

    @property
    def methods(self) -> list[str]:
        return [each["method"] for each in self.requests]

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:
        event = json.loads(Payload)
        self.requests.append(json.loads(event["body"]))
        token = event["headers"]["authorization"].removeprefix("Bearer ")
        self.tokens.append(jwt.decode(token, options={"verify_signature": False}))
        failure = self.failures.pop(0) if self.failures else None
        match failure:
            case "throttled":
                raise ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke")
            case "refused":
                raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "Invoke")
            case "crashed":
                return self._crashed(Payload)
            case "hung":
                self._loop.call_soon_threadsafe(self._hang)
                self.hanging.wait()
        answer = self._function.invoke(FunctionName=FunctionName, Payload=Payload)
        if failure == "unacknowledged":
            raise ConnectionClosedError(endpoint_url="http://lambda")
        return answer

    def _hang(self) -> None:
        self._clock.skip(self.seconds_passing)
        self.hung.set()

    def _crashed(self, payload: bytes) -> dict[str, Any]:
        self._function.broken = True
        answer = self._function.invoke(FunctionName="McpFunction", Payload=payload)
        self._function.broken = False
        return answer


@pytest.fixture
async def lambda_api(tool_function: ToolFunction, loop_clock: LoopClock) -> RecordingLambda:
    return RecordingLambda(tool_function, loop_clock)


@pytest.fixture
def server_clock() -> ServerClock:
    return ServerClock()


@pytest.fixture
def retries() -> InvokeRetries:
    """Return retries that have no time. A test of retries overrides this."""
    return InvokeRetries(seconds=0)


@pytest.fixture
def internal(
    lambda_api: RecordingLambda, keys: Keys, server_clock: ServerClock, retries: InvokeRetries
) -> Server:
    transport = LambdaTransport(lambda: lambda_api.client, "McpFunction", retries=retries)
    return Server(
        OWN,
        URL,
        lambda: transport,
        tool_token(keys),
        label="assistant's tools",
        current=True,
        waits=Waits(ANSWER_SECONDS, ANSWER_SECONDS, list_after_silence=AFTER_SILENCE),
        clock=server_clock,
    )


@pytest.fixture
def external() -> Sequence[Server]:
    """Return no external servers. A test of external servers overrides this."""
    return ()


@pytest.fixture
async def chat(
    store: DynamoStore,
    transcript: Transcript,
    internal: Server,
    external: Sequence[Server],
    gate: Gate,
    keys: Keys,
    lambda_api: RecordingLambda,
) -> AsyncIterator[Chat]:
    """Return a chat, and check that it leaves no task behind, even if its tools fail."""
    before = asyncio.all_tasks()
    model = ScriptedModel()
    server = ConversationServer(
        store,
        transcript,
        ToolServers([internal, *external], patience=PATIENCE),
        create_run_config(Scripted(model)),
        assistant,
    )
    yield Chat(create_chat_app(server, gate, keys, allowed_origins=()), gate, keys, model)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() - before <= {asyncio.current_task()}
    # The event loop waits for its threads when it closes.
    lambda_api.hanging.set()


@pytest.fixture
async def internet() -> AsyncIterator[httpx2.AsyncBaseTransport]:
    """Yield a connection pool like the environment's."""
    async with httpx2.AsyncHTTPTransport() as transport:
        yield transport
