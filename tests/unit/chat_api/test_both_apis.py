"""A conversation over both APIs of a model's endpoint, with the real client."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from chat_api.api.routes import create_chat_app
from chat_api.conversation.server import ConversationServer
from chat_api.conversation.thread_titles import ThreadTitles
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
from task_assistant.agent import assistant
from tests.unit.chat_api.conftest import Scripted
from tests.unit.chat_api.one_endpoint import one_endpoint
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.wire import of_type, thread_of


@pytest.fixture(params=["responses", "chat_completions"])
async def chat(
    request: pytest.FixtureRequest,
    store: DynamoStore,
    transcript: Transcript,
    tool_function: ToolFunction,
    gate: Gate,
    keys: Keys,
    provider: Scripted,
) -> AsyncIterator[Chat]:
    """A chat whose model is the scripted assistant behind one of the APIs."""
    transport = httpx2.ASGITransport(app=create_app(Model(pause=pause_of(0))))
    async with create_client("http://model/v1", "any", transport) as client:
        run_config = create_run_config(
            one_endpoint(client, use_responses=request.param == "responses")
        )
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
            run_config,
            assistant,
            namer=ThreadTitles(run_config, model=None).of,
        )
        app = create_chat_app(server, gate, keys, allowed_origins=())
        yield Chat(app, gate, keys, provider.model)


async def test_each_message_has_its_own_id(chat: Chat) -> None:
    events = await chat.say("Hello")
    thread = thread_of(events)
    await chat.say("Thanks", thread)
    ids = [item["id"] for item in of_type(await chat.shown(thread), "assistant_message")]
    assert len(set(ids)) == 2
    assert all(each.startswith("msg_0") for each in ids)
    deltas = {event["item_id"] for event in of_type(events, "thread.item.updated")}
    assert deltas == {ids[0]}


async def test_tools_are_called_remembered_and_shown(
    chat: Chat, tool_function: ToolFunction
) -> None:
    thread = thread_of(await chat.say("Add a task to buy milk and add a task to call Mom"))
    assert sorted(tool_function.titles("alice")) == ["buy milk", "call Mom"]
    kinds = [item["type"] for item in await chat.shown(thread)]
    assert kinds == ["user_message", "workflow", "assistant_message", "widget", "end_of_turn"]
    await chat.say("Mark it as done", thread)
    assert "done" in (await chat.items(thread))[-1][1]


async def test_tokens_are_counted_and_the_thread_gets_a_title(
    chat: Chat, logged: list[dict[str, Any]]
) -> None:
    thread = thread_of(await chat.say("Hello"))
    [line] = [line for line in logged if line["message"] == "turn_closed"]
    assert line["tokens_in"] > 0
    assert line["tokens_out"] > 0
    opened = (await chat.send("threads.get_by_id", thread_id=thread)).json()
    assert opened["title"] == "Hello"


@pytest.mark.parametrize(
    ("fault", "sentence", "allow_retry"),
    [
        ("rate_limit_exceeded", "is busy", True),
        ("insufficient_quota", "used up its quota", False),
        ("invalid_api_key", "its key was refused", False),
        ("model_not_found", "its model was not found", False),
        ("context_length_exceeded", "too long to go on", False),
        ("content_policy_violation", "may not answer this", False),
        ("server_error", "cannot be reached", True),
        ("endless calls", "too many steps", False),
    ],
)
async def test_each_model_failure_has_its_own_message(
    chat: Chat, fault: str, sentence: str, allow_retry: bool
) -> None:
    events = await chat.say(f"Fail with {fault}")
    assert events[-1]["type"] == "error"
    assert sentence in events[-1]["message"]
    assert events[-1]["allow_retry"] is allow_retry
