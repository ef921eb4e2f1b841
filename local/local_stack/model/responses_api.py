"""`POST /v1/responses`: the answer as one object or as a stream of its events.

Objects and events as in https://platform.openai.com/docs/api-reference/responses-streaming.
"""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local_stack.model.conversation import Call, Reply
from local_stack.model.hosted_items import cited, hosted_events, hosted_item
from local_stack.model.model import Model
from local_stack.model.responses_request import ResponsesRequest, conversation_of
from local_stack.model.stream import BrokenOff, EventStream
from local_stack.model.strict.responses import violations
from local_stack.model.usage import input_tokens, output_tokens
from local_stack.model.wire import read_body, refuse, within

type Item = dict[str, Any]
type Event = tuple[str, dict[str, Any]]

_ENDS = ("response.output_text.done", "response.function_call_arguments.done")
_ECHOED: Mapping[str, object] = {
    "instructions": None,
    "max_output_tokens": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "previous_response_id": None,
    "reasoning": {"effort": None, "summary": None},
    "store": True,
    "temperature": 1.0,
    "text": {"format": {"type": "text"}},
    "tool_choice": "auto",
    "tools": [],
    "top_p": 1.0,
    "truncation": "disabled",
}


async def create_response(http: Request, model: Model) -> Response:
    request, sent = await read_body(http, ResponsesRequest)
    conversation = conversation_of(request, model.now().date())
    refuse(violations(sent))
    reply = within(model.answer(conversation), request.parallel_tool_calls)
    answer = _Answer.to(sent, reply, input_tokens(conversation), model)
    if request.stream:
        return EventStream(_numbered(answer.events(model)))
    return JSONResponse(answer.completed(model))


async def _numbered(events: AsyncIterator[Event]) -> AsyncIterator[tuple[str, object]]:
    numbers = count()
    async for kind, fields in events:
        yield kind, {"type": kind, "sequence_number": next(numbers), **fields}


@dataclass(frozen=True)
class _Answer:
    """One response object; `head` has the fields that stay the same while it streams."""

    head: dict[str, Any]
    items: tuple[Item, ...]
    usage: dict[str, Any]
    whole: bool

    @classmethod
    def to(cls, sent: Mapping[str, Any], reply: Reply, tokens_in: int, model: Model) -> "_Answer":
        given = {name: sent[name] for name in _ECHOED if sent.get(name) is not None}
        head = {
            "id": model.new_id("resp_"),
            "object": "response",
            "created_at": int(model.now().timestamp()),
            "model": sent["model"],
            "error": None,
            "incomplete_details": None,
            **_ECHOED,
            **given,
        }
        said: tuple[Item, ...] = (_message(reply.text, model),) if reply.text else ()
        if reply.hosted:
            said = (hosted_item(reply.hosted, model), *map(cited(reply.hosted), said))
        calls = tuple(_function_call(call, model) for call in reply.calls)
        return cls(head, said + calls, _usage(tokens_in, output_tokens(reply)), reply.whole)

    def completed(self, model: Model) -> dict[str, Any]:
        return {
            **self.head,
            "status": "completed",
            "completed_at": int(model.now().timestamp()),
            "output": list(self.items),
            "usage": self.usage,
        }

    async def events(self, model: Model) -> AsyncIterator[Event]:
        begun = {**self.head, "status": "in_progress", "output": [], "usage": None}
        yield "response.created", {"response": begun}
        yield "response.in_progress", {"response": begun}
        for index, item in enumerate(self.items):
            making = _EVENTS.get(item["type"], hosted_events)
            async for event in making(item, index, model):
                if not self.whole and event[0] in _ENDS:
                    raise BrokenOff
                yield event
            yield "response.output_item.done", {"output_index": index, "item": item}
        yield "response.completed", {"response": self.completed(model)}


async def _message_events(item: Item, index: int, model: Model) -> AsyncIterator[Event]:
    begun = {**item, "status": "in_progress", "content": []}
    yield "response.output_item.added", {"output_index": index, "item": begun}
    position = {"item_id": item["id"], "output_index": index, "content_index": 0}
    [part] = item["content"]
    empty = {**part, "text": "", "annotations": []}
    yield "response.content_part.added", {**position, "part": empty}
    async for word in model.words(part["text"]):
        yield "response.output_text.delta", {**position, "delta": word, "logprobs": []}
    for number, annotation in enumerate(part["annotations"]):
        added = {"annotation_index": number, "annotation": annotation}
        yield "response.output_text.annotation.added", {**position, **added}
    yield "response.output_text.done", {**position, "text": part["text"], "logprobs": []}
    yield "response.content_part.done", {**position, "part": part}


async def _call_events(item: Item, index: int, model: Model) -> AsyncIterator[Event]:
    begun = {**item, "status": "in_progress", "arguments": ""}
    yield "response.output_item.added", {"output_index": index, "item": begun}
    position = {"item_id": item["id"], "output_index": index}
    async for piece in model.words(item["arguments"]):
        yield "response.function_call_arguments.delta", {**position, "delta": piece}
    yield "response.function_call_arguments.done", {**position, "arguments": item["arguments"]}


_EVENTS = {"message": _message_events, "function_call": _call_events}


def _message(text: str, model: Model) -> Item:
    return {
        "id": model.new_id("msg_"),
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [{"type": "output_text", "text": text, "annotations": [], "logprobs": []}],
    }


def _function_call(call: Call, model: Model) -> Item:
    return {
        "id": model.new_id("fc_"),
        "type": "function_call",
        "status": "completed",
        "call_id": model.new_id("call_"),
        "name": call.name,
        "arguments": json.dumps(call.arguments, ensure_ascii=False),
    }


def _usage(tokens_in: int, tokens_out: int) -> dict[str, Any]:
    return {
        "input_tokens": tokens_in,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": tokens_out,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": tokens_in + tokens_out,
    }
