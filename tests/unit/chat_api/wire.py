"""Parts of the ChatKit protocol for these tests."""

from typing import Any

import httpx2

REQUEST = httpx2.Request("POST", "http://model/v1/responses")


def words(text: str, **more: Any) -> dict[str, Any]:
    """Return a user message of the protocol."""
    content = [{"type": "input_text", "text": text}]
    return {"content": content, "attachments": [], "inference_options": {}} | more


def types(events: Any) -> list[str]:
    return [event["type"] for event in events]


def of_type(items: Any, kind: str) -> list[dict[str, Any]]:
    """Return the items of a type."""
    return [item for item in items if item["type"] == kind]


def done(events: Any) -> list[dict[str, Any]]:
    """Return the items of the done events."""
    return [event["item"] for event in events if event["type"] == "thread.item.done"]


def thread_of(events: Any) -> str:
    thread: str = events[0]["thread"]["id"]
    return thread


def results(chat: Any) -> list[str]:
    """Return the results of calls in the model's last request."""
    given = chat.model.last_call.input
    return [item["output"] for item in given if item.get("type") == "function_call_output"]
