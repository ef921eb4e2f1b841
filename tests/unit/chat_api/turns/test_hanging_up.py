"""A stopped answer also stops at the model's endpoint, over either API."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from openai import AsyncOpenAI

from chat_api.api.routes import create_chat_app
from chat_api.conversation.server import ConversationServer
from chat_api.model.provider import create_provider, create_run_config
from chat_api.store.dynamo import DynamoStore
from chat_api.store.transcript import Transcript
from chat_api.tools.toolset import ToolServers
from chatcore.auth.keys import Keys
from chatcore.gate.gate import Gate
from local_stack.model.model import Model
from task_assistant.agent import assistant
from tests.unit.chat_api.turns.conftest import PACE, Container
from tests.unit.chat_api.turns.turn_events import begun_thread, text_so_far
from tests.unit.local_stack.model.conftest import served


class Telling:
    """Lets a few words pass, holds the next one, and signals when the client disconnects."""

    def __init__(self) -> None:
        self.hung_up = asyncio.Event()
        self._words = 0

    async def pause(self) -> None:
        self._words += 1
        if self._words < 20:
            return
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.hung_up.set()
            raise


@pytest.fixture
def telling() -> Telling:
    return Telling()


@pytest.fixture(params=["responses", "chat_completions"])
async def chat(
    request: Any,
    telling: Telling,
    store: DynamoStore,
    transcript: Transcript,
    gate: Gate,
    keys: Keys,
) -> AsyncIterator[Container]:
    async with (
        served(Model(pause=telling.pause)) as address,
        AsyncOpenAI(api_key="any", base_url=address, max_retries=0) as client,
    ):
        run_config = create_run_config(
            create_provider(client, use_responses=request.param == "responses")
        )
        server = ConversationServer(
            store, transcript, ToolServers([]), run_config, assistant, model=None
        )
        app = create_chat_app(server, gate, keys, allowed_origins=(), pace=PACE)
        yield Container(app, gate, keys)


async def test_the_model_hears_of_a_stop_in_the_middle_of_its_answer(
    chat: Any, telling: Telling
) -> None:
    asking = asyncio.create_task(chat.say("Tell me a story"))
    thread = await begun_thread(chat)
    await text_so_far(chat, thread)
    [running] = chat.gate.row("alice").turns
    assert chat.gate.cancel_turn("alice", running.id)
    await asking
    await telling.hung_up.wait()
