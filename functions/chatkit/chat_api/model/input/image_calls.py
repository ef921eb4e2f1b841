"""Images that a model has drawn, in its history: a line of text instead of megabytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chat_api.model.input.hidden_context import hidden_message
from chat_api.model.texts import shorten

if TYPE_CHECKING:
    from chat_api.model.input.parts import RawItem

IMAGE_CALL = "image_generation_call"
# The bytes of the description that a line quotes.
DESCRIPTION_BYTES = 1_000


def without_image(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item without the image that its call has drawn."""
    if item.get("type") != IMAGE_CALL:
        return item
    status = "completed" if item.get("result") else item.get("status")
    return {**item, "result": None, "status": status}


def with_image_notes(items: list[RawItem]) -> list[RawItem]:
    """Return the items with a note in place of each call that has drawn an image.

    Any endpoint takes a note, and the model that drew the image cannot see it again: nothing is
    stored at its endpoint. A note follows the results of the calls that were made with the image,
    because results must follow calls at once. Reasoning that led to the image alone is left out.
    """
    if not any(item.get("type") == IMAGE_CALL for item in items):
        return items
    done: list[RawItem] = []
    notes: list[RawItem] = []
    unanswered: set[object] = set()
    for item in items:
        kind = item.get("type")
        if kind == IMAGE_CALL:
            while done and done[-1].get("type") == "reasoning":
                done.pop()
            notes += _notes(item)
        elif kind == "function_call":
            unanswered.add(item.get("call_id"))
        elif kind == "function_call_output":
            unanswered.discard(item.get("call_id"))
        elif "role" in item:
            # After a message, no result can follow.
            unanswered.clear()
            done += notes
            notes = []
        if kind != IMAGE_CALL:
            done.append(item)
        if not unanswered:
            done += notes
            notes = []
    return [*done, *notes]


def _notes(call: RawItem) -> list[RawItem]:
    # A streamed call may end with its image and without its status.
    if not call.get("result") and call.get("status") != "completed":
        return []
    description = call.get("revised_prompt")
    shown = ""
    if isinstance(description, str) and description:
        shown = f" It shows: {shorten(description, DESCRIPTION_BYTES)}"
    text = f"Here the assistant drew an image with image_generation, and the user sees it.{shown}"
    return [{**hidden_message(text)}]
