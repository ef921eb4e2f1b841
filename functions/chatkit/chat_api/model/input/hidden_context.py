"""Context for the model that no person wrote, in the form of the SDK's hidden context."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agents.items import TResponseInputItem


def hidden_message(text: str) -> TResponseInputItem:
    """Return a message with a text that the model reads and no person sees."""
    wrapped = (
        f"Hidden context for the agent (not shown to the user):\n"
        f"<HiddenContext>\n{text}\n</HiddenContext>"
    )
    return {
        "type": "message",
        "role": "user",
        "content": [{"type": "input_text", "text": wrapped}],
    }
