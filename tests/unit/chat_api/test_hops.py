"""A streamed event passes through at most four of our async generators from end to end."""

import gc
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
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
from tests.hops import running_generators
from tests.unit.chat_api.conftest import Namer, Scripted
from tests.unit.chat_api.model.endpoint import (
    Body,
    call,
    called,
    chunk,
    created,
    ended,
    message,
    piece,
    said,
    sse,
)
from tests.unit.chat_api.one_endpoint import one_endpoint
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.waiting_turns import submit
from tests.unit.chat_api.wire import types

MOST = 4
BITS = ("Hello", " there", "!")
ASK = json.dumps({"questions": [{"question": "Which one?"}]})
CALL = call("ask_user", ASK, "call_1")
# A question, and the answer in words after it.
ANSWERS = {
    "responses": [
        sse(created(), *called(CALL), ended(CALL)),
        sse(created(), *said(message("".join(BITS)), *BITS), ended(message("".join(BITS)))),
    ],
    "chat_completions": [
        sse(chunk(tool_calls=[piece("ask_user", ASK, index=0, id="call_1")]), chunk("tool_calls")),
        sse(*(chunk(content=bit) for bit in BITS), chunk("stop")),
    ],
}


@pytest.fixture(autouse=True)
def few_objects() -> None:
    """Leave the objects of earlier tests out of the search for generators, which reads them all."""
    gc.collect()
    gc.freeze()


class Watched:
    """A model's endpoint that counts our generators before each event that it sends."""

    def __init__(self, *answers: Body) -> None:
        self._answers = [*answers]
        self.seen: list[list[str]] = []

    def __call__(self, _request: httpx2.Request) -> httpx2.Response:
        headers = {"content-type": "text/event-stream"}
        return httpx2.Response(200, headers=headers, content=self._events(self._answers.pop(0)))

    async def _events(self, answer: Body) -> AsyncIterator[bytes]:
        for event in answer.content.split(b"\n\n")[:-1]:
            # The packages of the chat service and its layers.
            self.seen.append(running_generators("chat_api") + running_generators("chatcore"))
            yield event + b"\n\n"


@pytest.mark.parametrize("waits", [False, True], ids=["at once", "after a question"])
@pytest.mark.parametrize("api", ANSWERS)
async def test_streamed_event_passes_through_at_most_four_generators(
    store: DynamoStore,
    transcript: Transcript,
    gate: Gate,
    keys: Keys,
    provider: Scripted,
    assistant: Assistant,
    namer: Namer,
    api: str,
    waits: bool,
) -> None:
    question, answer = ANSWERS[api]
    endpoint = Watched(*([question] if waits else []), answer)
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(endpoint)) as http:
        client = AsyncOpenAI(api_key="any", base_url="http://model/v1", http_client=http)
        server = ConversationServer(
            store,
            transcript,
            ToolServers([]),
            create_run_config(one_endpoint(client, use_responses=api == "responses")),
            assistant,
            # The first message also gets a title while it is answered.
            namer=namer,
        )
        app = create_chat_app(server, gate, keys, allowed_origins=())
        chat = Chat(app, gate, keys, provider.model)
        events: Any = await chat.say("Hi")
        if waits:
            endpoint.seen.clear()
            events = chat.events(await submit(chat, events[-1]["item"], "The blue one"))
    assert types(events)[-1] == "thread.item.done"
    assert len(endpoint.seen) >= len(BITS)
    assert max(map(len, endpoint.seen)) <= MOST, endpoint.seen
    # The counter works: the answer passes through some of our generators.
    assert min(map(len, endpoint.seen)) >= 1
