"""A model's endpoint over either API, with answers whose bytes the test supplies."""

import json
from dataclasses import dataclass
from typing import Any

import httpx2
from starlette.types import Receive, Scope, Send

RESPONSE = {
    "object": "response",
    "created_at": 1,
    "model": "m",
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
}
USAGE = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}


@dataclass
class Body:
    """An endpoint's answer to one request."""

    content: bytes
    content_type: str = "text/event-stream"


class Endpoint:
    """Returns its answers in turn and records the requests."""

    def __init__(self) -> None:
        self.answers: list[Body] = []
        self.requests: list[dict[str, Any]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        content, more = b"", True
        while more:
            message = await receive()
            content += message["body"]
            more = message["more_body"]
        self.requests.append(json.loads(content))
        answer = self.answers.pop(0)
        headers = [(b"content-type", answer.content_type.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer.content})

    def http(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=self))


def sse(*bodies: Any) -> Body:
    return Body("".join(f"data: {json.dumps(body)}\n\n" for body in bodies).encode())


# Chat Completions


def chunk(finish: str | None = None, **delta: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"} | {
        "choices": [choice]
    }


def piece(name: str | None = None, arguments: str | None = None, **more: Any) -> dict[str, Any]:
    """Return a piece of a call. Tests add `index` and `id`."""
    return {"type": "function", "function": {"name": name, "arguments": arguments}, **more}


# Responses


def event(kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": kind, "sequence_number": 0, **fields}


def message(text: str, item_id: str = "msg_1", **part: Any) -> dict[str, Any]:
    content = {"type": "output_text", "text": text, "annotations": [], "logprobs": []} | part
    return {
        "id": item_id,
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [content],
    }


def call(name: str, arguments: str, call_id: Any, item_id: str = "fc_1") -> dict[str, Any]:
    return {
        "id": item_id,
        "type": "function_call",
        "status": "completed",
        "call_id": call_id,
        "name": name,
        "arguments": arguments,
    }


def said(item: dict[str, Any], *deltas: str, index: int = 0) -> list[dict[str, Any]]:
    """Return the events of a message that is streamed in these deltas."""
    position = {"item_id": item["id"], "output_index": index, "content_index": 0}
    part = item["content"][0]
    empty = {"type": "output_text", "text": "", "annotations": []}
    return [
        event("response.output_item.added", output_index=index, item={**item, "content": []}),
        event("response.content_part.added", **position, part=empty),
        *(
            event("response.output_text.delta", **position, delta=each, logprobs=[])
            for each in deltas
        ),
        event("response.output_text.done", **position, text=part["text"], logprobs=[]),
        event("response.content_part.done", **position, part=part),
        event("response.output_item.done", output_index=index, item=item),
    ]


def called(item: dict[str, Any], index: int = 0) -> list[dict[str, Any]]:
    """Return the events of a call."""
    begun = {**item, "arguments": ""}
    return [
        event("response.output_item.added", output_index=index, item=begun),
        event("response.output_item.done", output_index=index, item=item),
    ]


def created() -> dict[str, Any]:
    response = {"id": "r", "status": "in_progress", "output": [], **RESPONSE}
    return event("response.created", response=response)


def ended(*output: Any, status: str = "completed", **more: Any) -> dict[str, Any]:
    response = {"id": "r", "status": status, "output": [*output], "usage": USAGE, **RESPONSE}
    return event(f"response.{status}", response=response | more)
