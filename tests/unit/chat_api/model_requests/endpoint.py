"""An in-memory model endpoint with answers supplied by the test."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
from agents import Agent, RunConfig, Runner, RunResultStreaming

from chat_api.model.endpoints import create_client
from chat_api.model.provider import create_run_config
from chat_api.model.retry_policy import RetryPolicy
from tests.unit.chat_api.one_endpoint import one_endpoint

type Answer = Callable[[httpx2.Request], httpx2.Response]
type Body = AsyncIterator[bytes]

CREATED = {"type": "response.created", "response": {"id": "r", "output": []}}
IN_PROGRESS = CREATED | {"type": "response.in_progress"}
QUEUED = CREATED | {"type": "response.queued"}
REASONING = {
    "type": "response.output_item.added",
    "output_index": 0,
    "item": {"type": "reasoning", "id": "rs_1", "summary": []},
}
COMMENT = b": still processing\n\n"
_MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "status": "completed",
    "content": [{"type": "output_text", "text": "Hello!", "annotations": []}],
}
DELTA = {
    "type": "response.output_text.delta",
    "item_id": "msg_1",
    "output_index": 0,
    "content_index": 0,
    "delta": "Hel",
    "logprobs": [],
}
RESPONSE: dict[str, Any] = {
    "id": "r",
    "created_at": 0,
    "model": "m",
    "object": "response",
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
}
COMPLETED = {"type": "response.completed", "response": RESPONSE | {"output": [_MESSAGE]}}


def failed(code: str) -> dict[str, Any]:
    """Return the event of a failed answer, with a message that must not appear anywhere."""
    error = {"code": code, "message": "hunter2"}
    return {"type": "response.failed", "response": RESPONSE | {"output": [], "error": error}}


def chunk(content: str | None = None, finish: str | None = None) -> dict[str, Any]:
    """Return a Chat Completions chunk. A chunk without content has the role, like the first one."""
    delta = {"content": content} if content else {"role": "assistant", "content": ""}
    return {
        "id": "c",
        "created": 0,
        "model": "m",
        "object": "chat.completion.chunk",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }


def sse(*events: dict[str, Any]) -> bytes:
    return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)


def streamed(body: Body | bytes, **headers: str) -> Answer:
    """Return an answer that streams a body."""
    all_headers = {"content-type": "text/event-stream"} | headers
    return lambda _request: httpx2.Response(200, headers=all_headers, content=body)


def refused(status: int, body: object = None, **headers: str) -> Answer:
    """Return a refusal. Write `_` for `-` in header names."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _request: httpx2.Response(status, headers=named, json=body or {})


def broken(error: Exception) -> Answer:
    """Return an answer that fails with a connection error."""

    def answer(_request: httpx2.Request) -> httpx2.Response:
        raise error

    return answer


def hello() -> Answer:
    return streamed(sse(CREATED, COMPLETED))


class Endpoint:
    """Gives its answers in turn and records the requests in `sent`.

    A request for which no answer is left waits forever.
    """

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.sent: list[httpx2.Request] = []
        self.asked = asyncio.Event()
        self.retry_policy = RetryPolicy(first_pause=0.0)

    async def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.sent.append(request)
        self.asked.set()
        if not self.answers:
            await asyncio.Event().wait()
        return self.answers.pop(0)(request)

    def config(self, *answers: Answer, api: str = "responses") -> RunConfig:
        """Return a run configuration whose requests get these answers in turn."""
        self.answers = [*answers]
        client = create_client("http://model/v1", "sk-hunter2", httpx2.MockTransport(self._answer))
        return create_run_config(
            one_endpoint(client, use_responses=api == "responses", retry_policy=self.retry_policy)
        )

    def run(
        self, *answers: Answer, api: str = "responses", agent: Agent | None = None
    ) -> RunResultStreaming:
        """Start a run whose requests get these answers in turn."""
        return Runner.run_streamed(
            agent or Agent(name="a", model="model-1"),
            "hunter2",
            run_config=self.config(*answers, api=api),
        )


async def finished(run: RunResultStreaming) -> list[str]:
    """Read a run to its end. Return the model's event types, or raise the run's error."""
    kinds: list[str] = []
    async for event in run.stream_events():
        if event.type == "raw_response_event":
            kinds.append(event.data.type)
    return kinds
