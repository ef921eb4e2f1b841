"""The reasoning of a turn that waited goes back to its model, and later turns leave it out."""

from typing import Any

from openai import AsyncOpenAI

from chat_api.api.routes import create_chat_app
from chat_api.conversation.assistant import Assistant
from chat_api.conversation.server import ConversationServer
from chat_api.model.provider import create_run_config
from chat_api.store.dynamo import DynamoStore
from chat_api.store.transcript import Transcript
from chat_api.tools.toolset import ToolServers
from chatcore.auth.keys import Keys
from chatcore.gate.gate import Gate
from tests.unit.chat_api.conftest import Scripted
from tests.unit.chat_api.model.endpoint import (
    Endpoint,
    call,
    called,
    created,
    ended,
    message,
    said,
    sse,
)
from tests.unit.chat_api.one_endpoint import one_endpoint
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.waiting_turns import submit
from tests.unit.chat_api.wire import thread_of

THOUGHT = {
    "id": "rs_1",
    "type": "reasoning",
    "summary": [],
    "encrypted_content": "sealed",
    "status": "completed",
}
ASKS = call("ask_user", '{"questions": [{"question": "Which one?"}]}', "call_1")


def answer(text: str) -> Any:
    return sse(created(), *said(message(text), text), ended(message(text)))


async def test_reasoning_goes_back_with_the_answer_and_not_later(
    store: DynamoStore,
    transcript: Transcript,
    gate: Gate,
    keys: Keys,
    provider: Scripted,
    assistant: Assistant,
) -> None:
    endpoint = Endpoint()
    asks = sse(created(), *called(THOUGHT), *called(ASKS, index=1), ended(THOUGHT, ASKS))
    endpoint.answers = [asks, answer("Blue."), answer("Yes.")]
    async with endpoint.http() as http:
        client = AsyncOpenAI(api_key="any", base_url="http://model/v1", http_client=http)
        run_config = create_run_config(one_endpoint(client, use_responses=True))
        server = ConversationServer(store, transcript, ToolServers([]), run_config, assistant)
        app = create_chat_app(server, gate, keys, allowed_origins=())
        chat = Chat(app, gate, keys, provider.model)
        events = await chat.say("Which one?")
        chat.events(await submit(chat, events[-1]["item"], "The blue one"))
        await chat.say("Sure?", thread_of(events))
    _, continued, later = [
        [item.get("encrypted_content") for item in request["input"]]
        for request in endpoint.requests
    ]
    assert continued.count("sealed") == 1
    kinds = [item.get("type", "message") for item in endpoint.requests[1]["input"]]
    assert kinds[-3:] == ["reasoning", "function_call", "function_call_output"]
    assert "sealed" not in later
