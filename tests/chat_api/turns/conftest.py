"""Two containers of the chat function over the same tables, and answers that wait for the test."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import boto3
import pytest
from agents import ModelSettings, ModelTracing, RunConfig
from agents.items import TResponseStreamEvent
from agents.testing import ModelStep, ScriptedModel, assistant_message
from openai.types.responses import ResponseTextDeltaEvent
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chat_api.api import create_chat_app
from chat_api.lambda_transport import LambdaTransport
from chat_api.server import ConversationServer
from chat_api.store.dynamo import DynamoStore
from chat_api.store.transcript import Transcript
from chat_api.tools.own import own_server
from chat_api.tools.servers import ToolServers
from chat_api.turn import Pace
from chatcore.gate.gate import Gate
from chatcore.gate.limits import Limits
from chatcore.gate.table import GateTable
from chatcore.keys import Keys
from tests.chat_api.conftest import Scripted
from tests.chat_api.over_http import Chat

PACE = Pace(asks=0.005, writes=0.005)


class Slow:
    """An answer of two parts: the second comes when the test says so, and counts events till then.

    `after` are the model's events that were taken after the first part.
    """

    def __init__(self, first: str, second: str) -> None:
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()
        self.after = 0
        self._first = first
        self._second = second

    @property
    def step(self) -> ModelStep:
        return ModelStep(stream_events=self._stream)

    async def _stream(self, _call: object) -> AsyncIterator[TResponseStreamEvent]:
        model = ScriptedModel([[assistant_message(self._first + self._second)]])
        events = model.stream_response(
            None,
            "",
            ModelSettings(),
            [],
            None,
            [],
            ModelTracing.DISABLED,
            previous_response_id=None,
            conversation_id=None,
            prompt=None,
        )
        async for event in events:
            if isinstance(event, ResponseTextDeltaEvent):
                yield event.model_copy(update={"delta": self._first})
                self.begun.set()
                await self.go_on.wait()
                self.after += 1
                yield event.model_copy(update={"delta": self._second})
            else:
                yield event


class Overheard:
    """An application whose answers a test hears as they are sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.sent = asyncio.Event()
        self.answers = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def overheard(message: Message) -> None:
            await send(message)
            self.answers += message["type"] == "http.response.start"
            if message.get("body"):
                self.sent.set()

        await self._app(scope, receive, overheard)


class Container(Chat):
    """The chat function in a process of its own."""

    def __init__(self, app: Any, gate: Gate, keys: Keys) -> None:
        self._overheard = Overheard(app)
        listened_to: Any = self._overheard
        super().__init__(listened_to, gate, keys, ScriptedModel())

    @property
    def answers(self) -> int:
        """How many it has begun to give."""
        return self._overheard.answers

    async def heard(self) -> None:
        """Wait until it sends something to whoever."""
        self._overheard.sent.clear()
        await self._overheard.sent.wait()


class GateClock:
    """The time by which the gate goes, until a test moves it."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def gate_clock() -> GateClock:
    return GateClock()


@pytest.fixture
def gate(create_table: Callable[[str], None], gate_clock: GateClock) -> Gate:
    create_table("sessions")
    client = boto3.client("dynamodb")
    return Gate(GateTable(lambda: client, "sessions"), Limits(), now=gate_clock)


@pytest.fixture
def slow() -> Slow:
    return Slow("Once upon ", "a time.")


@pytest.fixture
def container(
    store: DynamoStore, transcript: Transcript, tool_function: Any, gate: Gate, keys: Keys
) -> Callable[[], Container]:
    """Makes a container of its own on the tables of this test."""

    def make() -> Container:
        provider = Scripted(ScriptedModel())
        server = ConversationServer(
            store,
            transcript,
            ToolServers([own_server(LambdaTransport(lambda: tool_function, "McpFunction"), keys)]),
            RunConfig(model_provider=provider, tracing_disabled=True),
            model=None,
        )
        made = Container(
            create_chat_app(server, gate, keys, allowed_origins=(), pace=PACE), gate, keys
        )
        provider.model = made.model
        return made

    return make


@pytest.fixture
async def here(container: Callable[[], Container]) -> AsyncIterator[Container]:
    """The container in which the turn runs; it leaves no task behind."""
    yield container()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.fixture
def there(container: Callable[[], Container]) -> Container:
    return container()
