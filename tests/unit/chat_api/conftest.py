"""The chat function with real parts, except for the model and AWS."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import boto3
import pytest
from agents import Model, ModelProvider
from agents.testing import ScriptedModel
from botocore.model import OperationModel

from chat_api.api.routes import create_chat_app
from chat_api.conversation.assistant import Assistant
from chat_api.conversation.reminders import Reminders
from chat_api.conversation.server import ConversationServer
from chat_api.model.model_config import shorthand
from chat_api.model.provider import create_run_config
from chat_api.model.token_usage import Tokens
from chat_api.request_context import RequestContext
from chat_api.store.blobs import Blobs
from chat_api.store.dynamo import DynamoStore
from chat_api.store.retention import Retention
from chat_api.store.table import ThreadsTable
from chat_api.store.transcript import Transcript
from chat_api.tools.lambda_transport import LambdaTransport
from chat_api.tools.server import internal_server
from chat_api.tools.toolset import ToolServers
from chat_api.turn_state import TurnState
from chatcore.auth.keys import Keys
from chatcore.gate.gate import Gate
from chatcore.gate.limits import Limits
from chatcore.gate.table import GateTable
from chatcore.ids import TimeOrderedIds
from task_assistant.agent import assistant as task_assistant
from tests.unit.chat_api.model_calls import violations_of

# tests/unit/chat_api/tools and tests/system/security import these from here.
from tests.unit.chat_api.over_http import Chat as Chat
from tests.unit.chat_api.over_http import events as events
from tests.unit.chat_api.tool_function import ToolFunction

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

RETENTION_DAYS = 30


class Clock:
    """Seconds since 1970, advanced by the test."""

    now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


class GateClock:
    """The gate's clock. It stays `ahead` seconds after the start of the test.

    No minute or day ends during a test unless the test moves the clock.
    """

    def __init__(self) -> None:
        self.ahead = 0.0
        self._begun = time.time()

    def __call__(self) -> float:
        return self._begun + self.ahead


class Scripted(ModelProvider):
    """Provides one scripted model for every name."""

    def __init__(self, model: ScriptedModel) -> None:
        self.model = model
        self.requested: list[str | None] = []

    def get_model(self, model_name: str | None) -> Model:
        self.requested.append(model_name)
        return self.model


class Namer:
    """Returns the test's title, or "" for none, and records the messages."""

    def __init__(self) -> None:
        self.title = ""
        self.asked: list[str] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def __call__(self, text: str, tokens: Tokens) -> str:
        self.asked.append(text)
        await self.may_answer.wait()
        return self.title


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def zone_other_than_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run the test in a time zone other than UTC."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Asia/Kolkata")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def context() -> RequestContext:
    return RequestContext(user="alice", session_id="s1", turn=TurnState("turn_1"))


@pytest.fixture
def requests() -> list[str]:
    """Return the operations of the store's AWS requests so far."""
    return []


@pytest.fixture(scope="session")
def threads_client() -> "DynamoDBClient":
    """Return the client of the store alone, whose requests `recorded` can record."""
    return boto3.client("dynamodb")


@pytest.fixture(scope="session")
def files_client() -> "S3Client":
    """Return the store's client for files."""
    return boto3.client("s3")


@contextmanager
def recorded(client: "DynamoDBClient | S3Client", requests: list[str]) -> Iterator[None]:
    """Add the operation of each request that the client sends in the block."""

    def record(model: OperationModel, **_: object) -> None:
        requests.append(model.name)

    client.meta.events.register("before-call", record)
    yield
    client.meta.events.unregister("before-call", record)


@pytest.fixture
def table(
    create_table: Callable[[str], None], threads_client: "DynamoDBClient", requests: list[str]
) -> Iterator[ThreadsTable]:
    create_table("threads")
    with recorded(threads_client, requests):
        yield ThreadsTable(lambda: threads_client, "threads")


@pytest.fixture
def blobs(aws: None, files_client: "S3Client", requests: list[str]) -> Iterator[Blobs]:
    files_client.create_bucket(
        Bucket="files", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    with recorded(files_client, requests):
        yield Blobs(lambda: files_client, "files")


@pytest.fixture
def store(table: ThreadsTable, blobs: Blobs, clock: Clock) -> DynamoStore:
    return DynamoStore(table, blobs, Retention(RETENTION_DAYS, clock), TimeOrderedIds())


@pytest.fixture
def transcript(table: ThreadsTable, blobs: Blobs, clock: Clock) -> Transcript:
    return Transcript(table, blobs, Retention(RETENTION_DAYS, clock))


@pytest.fixture
def tool_function(keys: Keys, create_table: Callable[[str], None]) -> Iterator[ToolFunction]:
    create_table("tasks")
    function = ToolFunction(keys)
    yield function
    function.close()


@pytest.fixture
def limits() -> Limits:
    """Return no limits. A test of limits overrides this."""
    return Limits()


@pytest.fixture
def gate_clock() -> GateClock:
    return GateClock()


@pytest.fixture
def gate(
    create_table: Callable[[str], None],
    dynamodb: "DynamoDBClient",
    limits: Limits,
    gate_clock: GateClock,
) -> Gate:
    create_table("sessions")
    return Gate(GateTable(lambda: dynamodb, "sessions"), limits, now=gate_clock)


@pytest.fixture
def namer() -> Namer:
    return Namer()


@pytest.fixture
def provider() -> Iterator[Scripted]:
    model = ScriptedModel()
    yield Scripted(model)
    assert [each for call in model.calls for each in violations_of(call)] == []


@pytest.fixture
def models() -> tuple[str, ...]:
    """Return no models to choose from. A test of choices overrides this."""
    return ()


@pytest.fixture
def reminders() -> Reminders:
    """Return the default delays, too long for most tests. A test of reminders overrides this."""
    return Reminders()


@pytest.fixture
def assistant() -> Assistant:
    """Return the example assistant with its own agent, which a test can change."""
    return replace(task_assistant, agent=task_assistant.agent.clone())


@pytest.fixture
def server(
    store: DynamoStore,
    transcript: Transcript,
    tool_function: ToolFunction,
    keys: Keys,
    namer: Namer,
    provider: Scripted,
    models: tuple[str, ...],
    reminders: Reminders,
    assistant: Assistant,
) -> ConversationServer:
    return ConversationServer(
        store,
        transcript,
        ToolServers(
            [internal_server(LambdaTransport(lambda: tool_function.client, "McpFunction"), keys)]
        ),
        create_run_config(provider),
        assistant,
        models=shorthand(models),
        namer=namer,
        reminders=reminders,
    )


@pytest.fixture
async def chat(
    server: ConversationServer, gate: Gate, keys: Keys, provider: Scripted
) -> AsyncIterator[Chat]:
    """Return a chat, and check that it leaves no asyncio task behind.

    On Lambda, a leftover task keeps the invocation running until its deadline.
    """
    app = create_chat_app(server, gate, keys, allowed_origins=())
    yield Chat(app, gate, keys, provider.model)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}
