"""What a model is told beside the conversation, in the form of the SDK's hidden context."""

from typing import Any


def hidden(text: str) -> Any:
    """Return the text as a message that no person wrote."""
    wrapped = (
        f"Hidden context for the agent (not shown to the user):\n"
        f"<HiddenContext>\n{text}\n</HiddenContext>"
    )
    content = [{"type": "input_text", "text": wrapped}]
    return {"type": "message", "role": "user", "content": content}
