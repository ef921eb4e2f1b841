"""The parts of histories, for the tests of what a model gets of them."""

from typing import Any

from agents.models.chatcmpl_converter import Converter

from chat_api.model.input.input_format import (
    CHAT_COMPLETIONS,
    RESPONSES,
    STORED,
    InputFormat,
    input_format,
)
from chat_api.model.input.normalizer import normalized as typed
from chat_api.model.model_config import ModelConfig

PIXEL = "data:image/png;base64,iVBORw0KGgo="
FORMS = (RESPONSES, CHAT_COMPLETIONS, STORED)
HOSTED = (
    "web_search_call",
    "file_search_call",
    "code_interpreter_call",
    "mcp_call",
    "mcp_list_tools",
    "computer_call",
    "image_generation_call",
    "compaction",
    "item_reference",
    "something_new",
)


def over_chat(name: str, **members: Any) -> InputFormat:
    """Return what a model over Chat Completions takes."""
    return input_format(ModelConfig(name=name, **members), over_chat=True)


def over_responses(name: str, **members: Any) -> InputFormat:
    """Return what a model over the Responses API takes."""
    return input_format(ModelConfig(name=name, **members), over_chat=False)


def normalized(given: list[Any], form: InputFormat, **options: Any) -> list[Any]:
    """Return the normalized items, untyped so that tests can read any field."""
    return list(typed(given, form, **options))


def said(text: str) -> dict[str, Any]:
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


def call(call_id: str = "c1", arguments: Any = "{}", name: str = "f") -> dict[str, Any]:
    ids = {"type": "function_call", "id": f"fc_{call_id}", "call_id": call_id}
    return ids | {"name": name, "arguments": arguments, "status": "completed"}


def result(call_id: str = "c1", output: Any = "ok") -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": call_id, "output": output}


def answer(text: str) -> dict[str, Any]:
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    return {"type": "message", "id": "msg_1", "role": "assistant", "content": [part]}


def thought(**members: Any) -> dict[str, Any]:
    return {"type": "reasoning", "id": "rs_1", "summary": []} | members


def summary_text(text: str) -> dict[str, Any]:
    return {"type": "summary_text", "text": text}


def written_over_chat(model: str) -> dict[str, Any]:
    return {"model": model, "response_id": "c", "written_by": model}


def messages_of(items: list[Any], model: str = "m") -> list[Any]:
    """Convert a history to Chat Completions messages with the SDK's own converter."""
    return list(
        Converter.items_to_messages(
            items, model=model, should_replay_reasoning_content=lambda _: True
        )
    )


def kinds(items: list[Any]) -> list[str]:
    return [item.get("type", item.get("role")) for item in items]
