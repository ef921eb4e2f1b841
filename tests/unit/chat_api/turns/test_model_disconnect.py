"""Stopping an answer disconnects from the model's endpoint, over either API."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from openai import AsyncOpenAI

from chat_api.api.routes import create_chat_app
from chat_api.conversation.server import ConversationServer
from chat_api.model.provider import create_run_config
from chat_api.store.dynamo import DynamoStore
from chat_api.store.transcript import Transcript
from chat_api.tools.toolset import ToolServers
from chatcore.auth.keys import Keys
from chatcore.gate.gate import Gate
from local_stack.model.model import Model
from task_assistant.agent import assistant
from tests.unit.chat_api.one_endpoint import one_endpoint
from tests.unit.chat_api.turns.conftest import PACE, Environment
from tests.unit.chat_api.turns.turn_events import wait_for_text, wait_for_thread
from tests.unit.local_stack.model.conftest import served


class HeldAnswer:
    """Lets a few words pass, holds the next one, and signals when the client disconnects."""

    def __init__(self) -> None:
        self.disconnected = asyncio.Event()
        self._words = 0

    async def pause(self) -> None:
        self._words += 1
        if self._words < 20:
            return
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.disconnected.set()
            raise


@pytest.fixture
def held_answer() -> HeldAnswer:
    return HeldAnswer()


@pytest.fixture(params=["responses", "chat_completions"])
async def chat(
    request: pytest.FixtureRequest,
    held_answer: HeldAnswer,
    store: DynamoStore,
    transcript: Transcript,
    gate: Gate,
    keys: Keys,
) -> AsyncIterator[Environment]:
    async with (
        served(Model(pause=held_answer.pause)) as address,
        AsyncOpenAI(api_key="any", base_url=f"{address}/v1", max_retries=0) as client,
    ):
        run_config = create_run_config(
            one_endpoint(client, use_responses=request.param == "responses")
        )
        server = ConversationServer(store, transcript, ToolServers([]), run_config, assistant)
        app = create_chat_app(server, gate, keys, allowed_origins=(), pace=PACE)
        yield Environment(app, gate, keys)


async def test_stopping_an_answer_closes_the_models_connection(
    chat: Environment, held_answer: HeldAnswer
) -> None:
    pending = asyncio.create_task(chat.say("Tell me a story"))
    thread = await wait_for_thread(chat)
    await wait_for_text(chat, thread)
    [running] = chat.gate.row("alice").turns
    assert chat.gate.cancel_turn("alice", running.id)
    await pending
    await held_answer.disconnected.wait()
