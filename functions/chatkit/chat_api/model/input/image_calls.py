"""Images that a model has drawn, in its history: a line of text instead of megabytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from chat_api.model.input.hidden_context import hidden_message
from chat_api.model.texts import shorten

if TYPE_CHECKING:
    from agents.items import TResponseInputItem

IMAGE_CALL = "image_generation_call"
# The bytes of the description that a line quotes.
DESCRIPTION_BYTES = 1_000


def without_image(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item without the image that its call has drawn."""
    if item.get("type") != IMAGE_CALL:
        return item
    status = "completed" if item.get("result") else item.get("status")
    return {**item, "result": None, "status": status}


def image_note(call: Mapping[str, Any]) -> TResponseInputItem | None:
    """Return what a model reads in place of a call that has drawn an image, or None.

    Any endpoint takes it, and the model that drew the image cannot see it again: nothing is stored
    at its endpoint.
    """
    # A streamed call may end with its image and without its status.
    if not call.get("result") and call.get("status") != "completed":
        return None
    description = call.get("revised_prompt")
    drawn = f" It shows: {shorten(description, DESCRIPTION_BYTES)}" if description else ""
    return hidden_message(
        f"Here the assistant drew an image with image_generation, and the user sees it.{drawn}"
    )
