"""Parameters for every operation of the protocol."""

from typing import Any

from tests.recordings import dictation
from tests.unit.chat_api.wire import words


def with_ids(thread: str, item: str) -> dict[str, dict[str, Any]]:
    """Return the parameters of every operation that takes an id, with these ids."""
    named = {"thread_id": thread}
    action = {"action": {"type": "go", "payload": {}}, "item_id": item}
    return {
        "threads.get_by_id": named,
        "threads.update": named | {"title": "mine now"},
        "threads.delete": named,
        "threads.add_user_message": named | {"input": words("Whose is this?")},
        "threads.add_client_tool_output": named | {"result": {"done": True}},
        "threads.add_structured_input": named | {"item_id": item, "input": {"answers": {}}},
        "threads.retry_after_item": named | {"item_id": item},
        "threads.custom_action": named | action,
        "threads.sync_custom_action": named | action,
        "threads.list": {"after": thread},
        "items.list": named | {"after": item},
        "items.feedback": named | {"item_ids": [item], "kind": "positive"},
        "attachments.delete": {"attachment_id": item},
    }


def without_ids() -> dict[str, dict[str, Any]]:
    """Return the parameters of every operation that takes no id."""
    return {
        "threads.create": {"input": words("Hi")},
        "attachments.create": {"name": "a.png", "size": 1, "mime_type": "image/png"},
        "input.transcribe": dictation(),
    }
