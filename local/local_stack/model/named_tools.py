"""A tool of the user's own, asked for by its name: 'Use roll_dice with {"count": 3}'."""

import json
import re
from typing import Any

from local_stack.model.conversation import Call, Conversation, Reply, ToolCall, ToolResult
from local_stack.model.tool_outputs import read_output

_WISH = re.compile(
    r"(?:please )?use (?P<tool>[\w-]+)(?: with (?P<arguments>\{.*\}))?[\s.!]*",
    re.IGNORECASE | re.DOTALL,
)


def using_tool(conversation: Conversation) -> Reply | None:
    """The call of the tool that the user names, or what it answered; None when he names none."""
    requests = conversation.requests
    wish = _WISH.fullmatch(requests[-1].strip()) if requests else None
    if wish is None or wish["tool"] not in {tool.name for tool in conversation.tools}:
        return None
    arguments = _arguments(wish["arguments"])
    if arguments is None:
        return Reply(text="What stands after “with” is not JSON.")
    results = [entry for entry in conversation.turn if isinstance(entry, ToolResult)]
    if not any(isinstance(entry, ToolCall) for entry in conversation.turn):
        return Reply(calls=(Call(wish["tool"], arguments),))
    output = read_output(results[-1].output) if results else None
    return Reply(text=f"{wish['tool']} answered: {json.dumps(output, ensure_ascii=False)}")


def _arguments(text: str | None) -> dict[str, Any] | None:
    try:
        arguments = json.loads(text or "{}")
    except ValueError:
        return None
    return arguments if isinstance(arguments, dict) else None
