"""What the strictest endpoints refuse in a request to `POST /v1/chat/completions`."""

from collections.abc import Sequence
from typing import Any

from local_stack.model.strict.rules import (
    Json,
    Pairs,
    Violations,
    body_violations,
    call_violations,
    text_violations,
    unknown_members,
)

# fmt: off
_PARAMETERS = {
    "model", "messages", "audio", "frequency_penalty", "logit_bias", "logprobs",
    "max_completion_tokens", "max_tokens", "metadata", "modalities", "n", "parallel_tool_calls",
    "prediction", "presence_penalty", "prompt_cache_key", "prompt_cache_options",
    "prompt_cache_retention", "reasoning_effort", "response_format", "safety_identifier", "seed",
    "service_tier", "stop", "store", "stream", "stream_options", "temperature", "tool_choice",
    "tools", "top_logprobs", "top_p", "user", "verbosity", "web_search_options",
}
# fmt: on
_MEMBERS = {
    "system": {"content"},
    "user": {"content"},
    "tool": {"content", "tool_call_id"},
    # Only reasoning models require or accept the last two.
    "assistant": {"content", "refusal", "tool_calls", "reasoning_content", "reasoning"},
}
_PARTS = {
    "text": {"text"},
    "image_url": {"image_url"},
    "file": {"file"},
    "input_audio": {"input_audio"},
}
_REASONING = ("reasoning_content", "reasoning")


def violations(body: Json) -> list[str]:
    """Return all violations of the strictest endpoints' rules, each with the path to its member."""
    return [*_violations(body)]


def _violations(body: Json) -> Violations:
    tools = body.get("tools", ())
    yield from body_violations(body, _PARAMETERS, [each.get("function", {}) for each in tools])
    for index, tool in enumerate(tools):
        yield from unknown_members(tool, ("type", "function"), f"tools[{index}]")
        known = ("name", "description", "parameters", "strict")
        yield from unknown_members(tool.get("function", {}), known, f"tools[{index}].function")
        if tool.get("type") != "function":
            yield f"tools[{index}]: the type {tool.get('type')!r}"
    if "tools" in body and not tools:
        yield "tools: an empty list"
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        yield "messages: none"
    else:
        yield from _order_violations(messages)
        yield from _message_violations(messages, has_tools=bool(tools))


def _order_violations(messages: Sequence[Json]) -> Violations:
    roles = [message.get("role") for message in messages]
    spoken = [role for role in roles if role != "system"]
    if "system" in roles[1:]:
        yield "messages: a system message that is not the first"
    if spoken[:1] != ["user"]:
        yield "messages: the first one is not the user's"
    if spoken[-1:] == ["assistant"]:
        yield "messages: the last one is the assistant's"


def _message_violations(messages: Sequence[Json], *, has_tools: bool) -> Violations:
    pairs = Pairs()
    for index, message in enumerate(messages):
        where, role = f"messages[{index}]", message.get("role")
        if role not in _MEMBERS:
            yield f"{where}: the role {role!r}"
            continue
        yield from unknown_members(message, {"role", *_MEMBERS[role]}, where)
        if role == "tool":
            yield from pairs.result(message.get("tool_call_id"), where)
        else:
            yield from pairs.interrupt(where)
        if role == "assistant":
            yield from _assistant_violations(message, pairs, where, has_tools=has_tools)
        else:
            yield from _content_violations(message.get("content"), role, where)
    yield from pairs.interrupt("the end")


def _assistant_violations(
    message: Json, pairs: Pairs, where: str, *, has_tools: bool
) -> Violations:
    calls = message.get("tool_calls")
    has_content = calls is None or message.get("content") is not None
    if has_content and message.get("refusal") is None:
        yield from _content_violations(message.get("content"), "assistant", where)
    if "tool_calls" in message and not calls:
        yield f"{where}: no calls in tool_calls"
    if calls and not has_tools:
        yield f"{where}: calls in a request that offers no tools"
    for name in _REASONING:
        if name in message and not (isinstance(message[name], str) and message[name]):
            yield f"{where}: {name} without reasoning"
    for number, call in enumerate(calls or ()):
        path = f"{where}.tool_calls[{number}]"
        function: Any = call.get("function", {})
        # Gemini puts a thought's signature into the last member.
        yield from unknown_members(call, ("id", "type", "function", "extra_content"), path)
        yield from unknown_members(function, ("name", "arguments"), path)
        if call.get("type") != "function":
            yield f"{path}: the type {call.get('type')!r}"
        yield from call_violations(call.get("id"), function, path)
        yield from pairs.call(call.get("id"), path)


def _content_violations(content: Any, role: str, where: str) -> Violations:
    if not isinstance(content, list):
        yield from text_violations(content, where)
        return
    if not content:
        yield f"{where}: no content"
    kinds = _PARTS if role == "user" else ("text",)
    for index, part in enumerate(content):
        path, kind = f"{where}.content[{index}]", part.get("type")
        if kind not in kinds:
            yield f"{path}: the type {kind!r} in a message of the role {role!r}"
            continue
        yield from unknown_members(part, {"type", *_PARTS[kind]}, path)
        if kind == "text":
            yield from text_violations(part.get("text"), path)
        elif kind == "image_url":
            yield from text_violations(part.get("image_url", {}).get("url"), f"{path}.image_url")
