"""What the strictest endpoints refuse in a request to `POST /v1/responses`."""

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
    "model", "input", "background", "context_management", "conversation", "include", "instructions",
    "max_output_tokens", "max_tool_calls", "metadata", "parallel_tool_calls",
    "previous_response_id", "prompt", "prompt_cache_key", "prompt_cache_options",
    "prompt_cache_retention", "reasoning", "safety_identifier", "service_tier", "store", "stream",
    "stream_options", "temperature", "text", "tool_choice", "tools", "top_logprobs", "top_p",
    "truncation", "user",
}
# fmt: on
_MEMBERS = {
    "message": {"role", "content", "status", "phase"},
    "function_call": {"call_id", "name", "arguments", "status", "namespace"},
    "function_call_output": {"call_id", "output", "status"},
    "reasoning": {"summary", "content", "encrypted_content", "status"},
}
_PREFIXES = {"message": "msg_", "function_call": "fc_", "reasoning": "rs_"}
# Items of tools that the endpoint runs itself. It finds them by their ids.
_HOSTED = ("_call", "_call_output", "_output", "_list_tools", "_approval_request", "compaction")
_PARTS = {
    "input_text": {"text"},
    "input_image": {"image_url", "file_id", "detail"},
    "input_file": {"file_data", "file_id", "file_url", "filename"},
    "input_audio": {"input_audio"},
    "output_text": {"text", "annotations", "logprobs"},
    "refusal": {"refusal"},
}
_OF_ASSISTANT = ("output_text", "refusal")
_SOURCES = {"input_image": {"image_url", "file_id"}, "input_file": _PARTS["input_file"]}
_ROLES = ("user", "assistant", "system", "developer")


def violations(body: Json) -> list[str]:
    """Return all violations of the strictest endpoints' rules, each with the path to its member."""
    return [*_violations(body)]


def _violations(body: Json) -> Violations:
    tools = body.get("tools") or ()
    functions = [each for each in tools if each.get("type") == "function"]
    yield from body_violations(body, _PARAMETERS, functions)
    for index, tool in enumerate(functions):
        known = ("type", "name", "description", "parameters", "strict", "defer_loading")
        yield from unknown_members(tool, known, f"tools[{index}]")
    if "instructions" in body:
        yield from text_violations(body["instructions"], "instructions")
    given = body.get("input")
    if isinstance(given, list) and given:
        yield from _order_violations(given, is_stored=body.get("store") is not False)
        yield from _pair_violations(given, has_tools=bool(tools))
        for index, item in enumerate(given):
            yield from _item_violations(item, f"input[{index}]")
    else:
        yield from text_violations(given, "input")


def _kind(item: Json) -> str:
    return str(item.get("type", "message"))


def _order_violations(items: Sequence[Json], *, is_stored: bool) -> Violations:
    if items[0].get("role") not in ("user", "system", "developer"):
        yield "input: the first message is not the user's"
    if items[-1].get("role") == "assistant":
        yield "input: the last message is the assistant's"
    for index, item in enumerate(items):
        if _kind(item) != "reasoning":
            continue
        where = f"input[{index}]"
        if not item.get("encrypted_content") and not (is_stored and item.get("id")):
            yield f"{where}: reasoning without its content"
        if not any(map(_is_by_assistant, items[index + 1 : index + 2])):
            yield f"{where}: reasoning without what it led to"


def _is_by_assistant(item: Json) -> bool:
    return _kind(item) != "function_call_output" and item.get("role", "assistant") == "assistant"


def _pair_violations(items: Sequence[Json], *, has_tools: bool) -> Violations:
    pairs = Pairs()
    for index, item in enumerate(items):
        where = f"input[{index}]"
        match _kind(item):
            case "function_call":
                if not has_tools:
                    yield f"{where}: a call in a request that offers no tools"
                yield from call_violations(item.get("call_id"), item, where)
                yield from pairs.call(item.get("call_id"), where)
            case "function_call_output":
                yield from pairs.result(item.get("call_id"), where)
            case "message":
                yield from pairs.interrupt(where)
    yield from pairs.interrupt("the end")


def _item_violations(item: Json, where: str) -> Violations:
    kind = _kind(item)
    if kind not in _MEMBERS:
        if not kind.endswith(_HOSTED):
            yield f"{where}: the type {kind!r}"
        elif not item.get("id"):
            yield f"{where}: an item of the endpoint's own tools without its id"
        return
    yield from unknown_members(item, {"type", "id", *_MEMBERS[kind]}, where)
    if "id" in item and not str(item["id"]).startswith(_PREFIXES.get(kind, "")):
        yield f"{where}: the id {item['id']!r}"
    if kind == "message":
        role = item.get("role")
        if role not in _ROLES:
            yield f"{where}: the role {role!r}"
        allowed = [each for each in _PARTS if (each in _OF_ASSISTANT) == (role == "assistant")]
        yield from _content_violations(item.get("content"), allowed, where)
    elif kind == "function_call_output":
        allowed = ["input_text", "input_image", "input_file"]
        yield from _content_violations(item.get("output"), allowed, where)
    elif kind == "reasoning":
        summary = item.get("summary")
        if not isinstance(summary, list) or not all(map(_is_summary_part, summary)):
            yield f"{where}: a summary that is not a list of texts"


def _is_summary_part(part: Json) -> bool:
    return part.keys() == {"type", "text"} and part["type"] == "summary_text"


def _content_violations(content: Any, allowed: Sequence[str], where: str) -> Violations:
    if not isinstance(content, list):
        yield from text_violations(content, where)
        return
    if not content:
        yield f"{where}: no content"
    for index, part in enumerate(content):
        path, kind = f"{where}.content[{index}]", part.get("type")
        if kind not in allowed:
            yield f"{path}: the type {kind!r}"
            continue
        yield from unknown_members(part, {"type", *_PARTS[kind]}, path)
        if "text" in _PARTS[kind]:
            yield from text_violations(part.get("text"), path)
        if kind in _SOURCES and not _SOURCES[kind] & part.keys():
            yield f"{path}: nothing in it"
