"""A model's endpoint that follows a script over either API and records the requests."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2
from openai import AsyncOpenAI

type Events = list[dict[str, Any]]


@dataclass(frozen=True)
class Answer:
    """One step of the model: tool calls or a text answer."""

    calls: Sequence[tuple[str, str]] = ()
    text: str = ""
    # Responses API items that precede the answer.
    items: Sequence[dict[str, Any]] = ()
    # Chat Completions fields that precede the answer.
    delta: dict[str, Any] = field(default_factory=dict)


class ScriptedEndpoint:
    """Answers each request with the next step, or with an error status."""

    def __init__(self, *answers: Answer | tuple[int, dict[str, Any]]) -> None:
        self._answers = list(answers)
        self.requests: list[dict[str, Any]] = []

    def client(self) -> AsyncOpenAI:
        http = httpx2.AsyncClient(transport=httpx2.MockTransport(self._answer))
        return AsyncOpenAI(
            api_key="any", base_url="http://model/v1", http_client=http, max_retries=0
        )

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(json.loads(request.content))
        answer = self._answers.pop(0)
        if isinstance(answer, tuple):
            status, error = answer
            return httpx2.Response(status, json={"error": error})
        over_chat = request.url.path.endswith("/chat/completions")
        step = len(self.requests)
        events = _chunks(answer, step) if over_chat else _responses(answer, step)
        lines = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
        headers = {"content-type": "text/event-stream"}
        return httpx2.Response(200, text=lines + "data: [DONE]\n\n", headers=headers)


def _chunks(answer: Answer, step: int) -> Events:
    calls = [
        {
            "index": index,
            "id": f"call_{step}_{index}",
            "type": "function",
            "function": {"name": name, "arguments": arguments},
        }
        for index, (name, arguments) in enumerate(answer.calls)
    ]
    delta = {"role": "assistant", "content": answer.text or None, **answer.delta}
    deltas = [delta, {"tool_calls": calls} if calls else {}]
    ends = [None, "tool_calls" if calls else "stop"]
    return [
        {
            "id": "c",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "m",
            "choices": [{"index": 0, "delta": delta, "finish_reason": end}],
        }
        for delta, end in zip(deltas, ends, strict=True)
    ]


def _responses(answer: Answer, step: int) -> Events:
    output = [*answer.items]
    for index, (name, arguments) in enumerate(answer.calls):
        call = {"type": "function_call", "status": "completed", "name": name}
        ids = {"id": f"fc_{step}_{index}", "call_id": f"call_{step}_{index}"}
        output.append(call | ids | {"arguments": arguments})
    if answer.text:
        part = {"type": "output_text", "text": answer.text, "annotations": [], "logprobs": []}
        message = {"type": "message", "id": f"msg_{step}", "role": "assistant"}
        output.append(message | {"status": "completed", "content": [part]})
    response = {
        "id": f"resp_{step}",
        "object": "response",
        "created_at": 1,
        "model": "m",
        "status": "completed",
        "output": output,
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {
            "input_tokens": 1,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": 1,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 2,
        },
    }
    events: Events = [{"type": "response.created", "response": response | {"output": []}}]
    for index, item in enumerate(output):
        events += [
            {"type": f"response.output_item.{when}", "output_index": index, "item": item}
            for when in ("added", "done")
        ]
    events.append({"type": "response.completed", "response": response})
    return [event | {"sequence_number": number} for number, event in enumerate(events)]
