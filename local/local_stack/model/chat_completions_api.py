"""`POST /v1/chat/completions`: the answer as one object or as a stream of its chunks.

Objects as in https://platform.openai.com/docs/api-reference/chat/object and …/chat-streaming.
"""

import json
from collections.abc import AsyncIterator, Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local_stack.model.chat_completions_request import ChatCompletionsRequest, conversation_of
from local_stack.model.conversation import Reply
from local_stack.model.model import Model
from local_stack.model.stream import DONE, BrokenOff, EventStream
from local_stack.model.strict.chat_completions import violations
from local_stack.model.usage import input_tokens, output_tokens
from local_stack.model.wire import read_body, refuse, within

type Json = dict[str, Any]


async def create_chat_completion(http: Request, model: Model) -> Response:
    request, sent = await read_body(http, ChatCompletionsRequest)
    conversation = conversation_of(request, model.now().date())
    refuse(violations(sent))
    reply = within(model.answer(conversation), request.parallel_tool_calls)
    usage = _usage(input_tokens(conversation), output_tokens(reply))
    head: Json = {
        "id": model.new_id("chatcmpl-"),
        "created": int(model.now().timestamp()),
        "model": request.model,
    }
    if not request.stream:
        return JSONResponse(_completion(head, reply, usage, model))
    wanted = request.stream_options is not None and request.stream_options.include_usage
    return EventStream(_chunks(head, reply, usage if wanted else None, model))


def _completion(head: Json, reply: Reply, usage: Json, model: Model) -> Json:
    message: Json = {"role": "assistant", "content": reply.text or None, "refusal": None}
    if reply.calls:
        message["tool_calls"] = _tool_calls(reply, model)
    choice = {
        "index": 0,
        "message": message,
        "logprobs": None,
        "finish_reason": _finish_reason(reply),
    }
    return {**head, "object": "chat.completion", "choices": [choice], "usage": usage}


async def _chunks(
    head: Json, reply: Reply, usage: Json | None, model: Model
) -> AsyncIterator[tuple[None, object]]:
    """Yield the chunks. With `usage`, every chunk has the field, and only the last one sets it."""
    rest = {**head, "object": "chat.completion.chunk"} | ({"usage": None} if usage else {})
    async for delta in _deltas(reply, model):
        yield None, {**rest, "choices": _choices(delta, None)}
    if not reply.whole:
        raise BrokenOff
    yield None, {**rest, "choices": _choices({}, _finish_reason(reply))}
    if usage:
        yield None, {**rest, "choices": [], "usage": usage}
    yield None, DONE


async def _deltas(reply: Reply, model: Model) -> AsyncIterator[Json]:
    yield {"role": "assistant", "content": "" if reply.text else None, "refusal": None}
    async for word in model.words(reply.text):
        yield {"content": word}
    for index, call in enumerate(_tool_calls(reply, model)):
        function = call["function"]
        begun = {**call, "index": index, "function": {**function, "arguments": ""}}
        yield {"tool_calls": [begun]}
        async for piece in model.words(function["arguments"]):
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}


def _choices(delta: Json, finish_reason: str | None) -> Iterable[Json]:
    return [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}]


def _tool_calls(reply: Reply, model: Model) -> list[Json]:
    return [
        {
            "id": model.new_id("call_"),
            "type": "function",
            "function": {
                "name": call.name,
                "arguments": json.dumps(call.arguments, ensure_ascii=False),
            },
        }
        for call in reply.calls
    ]


def _finish_reason(reply: Reply) -> str:
    return "tool_calls" if reply.calls else "stop"


def _usage(tokens_in: int, tokens_out: int) -> Json:
    return {
        "prompt_tokens": tokens_in,
        "completion_tokens": tokens_out,
        "total_tokens": tokens_in + tokens_out,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }
