"""The chat client of `make ask`, against a service that the test controls."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from local_stack.chat_client import ChatClient, ChatError
from local_stack.serving import address_of, listen, serving


def delta(text: str) -> dict[str, Any]:
    update = {"type": "assistant_message.content_part.text_delta", "delta": text}
    return {"type": "thread.item.updated", "item_id": "msg_1", "update": update}


CREATED = {"type": "thread.created", "thread": {"id": "thr_1"}}


class Backend:
    """Answers each message with the test's events, and records the requests."""

    def __init__(self) -> None:
        self.address = ""
        self.asked: list[dict[str, Any]] = []
        self.tokens: list[str | None] = []
        self.events: list[dict[str, Any]] = [CREATED, delta("Hel"), delta("lo.")]
        self.refusal: Response | None = None
        self.may_continue = asyncio.Event()
        self.may_continue.set()
        self.cut = False

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/local/token", self.login, methods=["POST"]),
                Route("/api/chatkit/session", self.session, methods=["POST"]),
                Route("/chatkit", self.chat, methods=["POST"]),
            ]
        )

    async def login(self, request: Request) -> Response:
        return JSONResponse({"token": f"identity of {(await request.json())['user']}"})

    async def session(self, request: Request) -> Response:
        self.tokens.append(request.headers["authorization"])
        return JSONResponse({"client_secret": "secret"}, 201)

    async def chat(self, request: Request) -> Response:
        self.tokens.append(request.headers["authorization"])
        self.asked.append(await request.json())
        return self.refusal or StreamingResponse(self.stream(), media_type="text/event-stream")

    async def stream(self) -> AsyncIterator[str]:
        for event in self.events:
            yield f"data: {json.dumps(event)}\n\n"
            await self.may_continue.wait()
        if self.cut:
            raise ConnectionAbortedError


@pytest.fixture
async def backend() -> AsyncIterator[Backend]:
    backend = Backend()
    with listen(0) as listener:
        backend.address = address_of(listener)
        async with serving(backend.app(), listener):
            yield backend


def conversation(backend: Backend, written: list[str], thread: str | None = None) -> ChatClient:
    return ChatClient(backend.address, "alice", written.append, thread)


async def test_a_first_message_creates_a_thread_and_the_next_one_is_added_to_it(
    backend: Backend,
) -> None:
    talk = conversation(backend, [])
    assert await talk.ask("Hi") == "Hello."
    assert talk.thread == "thr_1"
    await talk.ask("And now?")
    first, second = backend.asked
    assert first["type"] == "threads.create"
    assert first["params"]["input"]["content"] == [{"type": "input_text", "text": "Hi"}]
    assert second["type"] == "threads.add_user_message"
    assert second["params"]["thread_id"] == "thr_1"


async def test_the_login_is_exchanged_for_a_client_secret(backend: Backend) -> None:
    await conversation(backend, []).ask("Hi")
    assert backend.tokens == ["Bearer identity of alice", "Bearer secret"]


async def test_text_is_written_while_it_streams(backend: Backend) -> None:
    backend.may_continue.clear()
    backend.events = [delta("first "), delta("second")]
    arrived = asyncio.Event()
    written: list[str] = []

    def write(text: str) -> None:
        written.append(text)
        arrived.set()

    pending = asyncio.create_task(ChatClient(backend.address, "alice", write).ask("Hi"))
    await arrived.wait()
    assert written == ["first "]
    backend.may_continue.set()
    assert await pending == "first second"
    assert written == ["first ", "second", "\n"]


async def test_a_tool_call_has_its_own_line(backend: Backend) -> None:
    progress = {"type": "progress_update", "text": "Adding the task"}
    backend.events = [delta("One moment."), progress, delta("Done.")]
    written: list[str] = []
    assert await conversation(backend, written).ask("Hi") == "One moment.Done."
    assert "".join(written) == "One moment.\n[Adding the task]\nDone.\n"


@pytest.mark.parametrize(
    ("item", "note"),
    [
        (
            {"type": "structured_input", "inputs": [{"question": "When?"}, {"question": "Who?"}]},
            "When? Who?",
        ),
        ({"type": "client_tool_call", "name": "local_time"}, "The page has to run its tool"),
    ],
)
async def test_an_answer_that_waits_says_for_what(
    backend: Backend, item: dict[str, Any], note: str
) -> None:
    backend.events = [{"type": "thread.item.done", "item": item | {"status": "pending"}}]
    written: list[str] = []
    assert await conversation(backend, written).ask("Hi") == ""
    assert "".join(written).startswith(f"[{note}")
    assert "Answer on the page" in "".join(written)


async def test_an_error_event_raises_its_own_message(backend: Backend) -> None:
    backend.events = [delta("Well"), {"type": "error", "message": "The model is busy."}]
    with pytest.raises(ChatError, match="The model is busy"):
        await conversation(backend, []).ask("Hi")


async def test_a_cut_stream_raises_and_its_line_is_ended(backend: Backend) -> None:
    backend.cut = True
    written: list[str] = []
    with pytest.raises(ChatError, match=r"cut off before its end.*please ask again"):
        await conversation(backend, written).ask("Hi")
    assert "".join(written) == "Hello.\n"


async def test_a_refusal_raises_its_status_and_message(backend: Backend) -> None:
    backend.refusal = JSONResponse({"message": "No such thread."}, 404)
    with pytest.raises(ChatError, match=r"/chatkit answered 404: No such thread\."):
        await conversation(backend, [], thread="thr_foreign").ask("Hi")


async def test_an_answer_that_is_not_a_stream_raises(backend: Backend) -> None:
    backend.refusal = JSONResponse({})
    with pytest.raises(ChatError, match="text/event-stream"):
        await conversation(backend, []).ask("Hi")


async def test_a_stack_that_is_not_running_raises() -> None:
    with listen(0) as listener:
        unused = address_of(listener)
    with pytest.raises(ChatError, match="Nothing answers"):
        await ChatClient(unused, "alice", print).ask("Hi")
