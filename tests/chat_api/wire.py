"""The ChatKit protocol, as far as these tests speak it."""

from typing import Any


def words(text: str, **more: Any) -> dict[str, Any]:
    """A message of the protocol."""
    content = [{"type": "input_text", "text": text}]
    return {"content": content, "attachments": [], "inference_options": {}} | more


def types(events: Any) -> list[str]:
    return [event["type"] for event in events]


def thread_of(events: Any) -> str:
    thread: str = events[0]["thread"]["id"]
    return thread
