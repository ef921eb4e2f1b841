"""Two environments of the chat function on the same tables, and answers that the test paces."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from agents import ModelSettings, ModelTracing
from agents.items import TResponseStreamEvent
from agents.testing import ModelStep, ScriptedModel, assistant_message
from openai.types.responses import ResponseTextDeltaEvent
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chat_api.api.routes import create_chat_app
from chat_api.conversation.server import ConversationServer
from chat_api.model.provider import create_run_config
from chat_api.store.dynamo import DynamoStore
from chat_api.store.transcript import Transcript
from chat_api.tools.lambda_transport import LambdaTransport
from chat_api.tools.server import internal_server
from chat_api.tools.toolset import ToolServers
from chat_api.turns.turn import Pace
from chatcore.auth.identity import IdentityVerifier
from chatcore.auth.keys import Keys
from chatcore.gate.gate import Gate
from task_assistant.agent import assistant
from tests.unit.chat_api.conftest import Scripted
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.tool_function import ToolFunction

PACE = Pace(asks=0.005, writes=0.005)


class Slow:
    """An answer in two parts, the second of which waits for `may_continue`.

    `after` counts the events read after the first part.
    """

    def __init__(self, first: str, second: str) -> None:
        self.begun = asyncio.Event()
        self.may_continue = asyncio.Event()
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
                await self.may_continue.wait()
                self.after += 1
                yield event.model_copy(update={"delta": self._second})
            else:
                yield event


@dataclass(frozen=True)
class Invocation:
    """The part of Lambda's context that the application reads."""

    seconds_left: float

    def get_remaining_time_in_millis(self) -> int:
        return round(self.seconds_left * 1000)


class ObservedApp:
    """An application whose answers a test can observe while they are sent.

    With `seconds_left`, each request is an invocation with this much time.
    """

    def __init__(self, app: ASGIApp, seconds_left: float | None) -> None:
        self._app = app
        self._seconds_left = seconds_left
        self.sent = asyncio.Event()
        self.answers = asyncio.Semaphore(0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def observed(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.start":
                self.answers.release()
            if message.get("body"):
                self.sent.set()

        if self._seconds_left is not None:
            scope["aws.context"] = Invocation(self._seconds_left)
        await self._app(scope, receive, observed)


class Environment(Chat):
    """The chat function in a process of its own."""

    def __init__(
        self, app: ASGIApp, gate: Gate, keys: Keys, seconds_left: float | None = None
    ) -> None:
        self._observed_app = ObservedApp(app, seconds_left)
        super().__init__(self._observed_app, gate, keys, ScriptedModel())

    def answers(self) -> asyncio.Semaphore:
        """Return a semaphore that is released when an answer begins, from now on."""
        self._observed_app.answers = asyncio.Semaphore(0)
        return self._observed_app.answers

    async def until_sent(self) -> None:
        """Wait until it sends a body chunk to any client."""
        self._observed_app.sent.clear()
        await self._observed_app.sent.wait()


@pytest.fixture
def slow() -> Slow:
    return Slow("Once upon ", "a time.")


@pytest.fixture
def new_environment(
    store: DynamoStore, transcript: Transcript, tool_function: ToolFunction, gate: Gate, keys: Keys
) -> Callable[..., Environment]:
    """Return a function that creates another environment on the tables of this test."""

    def make(
        seconds_left: float | None = None,
        identity: IdentityVerifier | None = None,
        **changed: Any,
    ) -> Environment:
        """`changed` are fields of the assistant."""
        provider = Scripted(ScriptedModel())
        server = ConversationServer(
            store,
            transcript,
            ToolServers(
                [
                    internal_server(
                        LambdaTransport(lambda: tool_function.client, "McpFunction"), keys
                    )
                ]
            ),
            create_run_config(provider),
            replace(assistant, **changed),
        )
        app = create_chat_app(server, gate, keys, identity=identity, allowed_origins=(), pace=PACE)
        made = Environment(app, gate, keys, seconds_left)
        provider.model = made.model
        return made

    return make


@pytest.fixture
async def first_environment(
    new_environment: Callable[..., Environment],
) -> AsyncIterator[Environment]:
    """Return the environment in which a turn runs, and check that it leaves no task behind."""
    yield new_environment()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.fixture
def second_environment(new_environment: Callable[..., Environment]) -> Environment:
    return new_environment()
