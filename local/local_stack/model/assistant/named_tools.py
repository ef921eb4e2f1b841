"""Any tool, called by its name: 'Use roll_dice with {"count": 3}'."""

import json
import re

from local_stack.model.assistant.turn import Turn
from local_stack.model.conversation import Call

_USE = re.compile(
    r"(?:please )?use (?P<tool>[\w-]+)(?: with (?P<arguments>\{.*\}))?[\s.!]*",
    re.IGNORECASE | re.DOTALL,
)


def use_named_tool(request: str, turn: Turn) -> list[str]:
    """Return what the tool answered, or an empty list if the request names no offered tool.

    Raise CallsPending while its result is missing.
    """
    match = _USE.fullmatch(request.strip())
    if match is None or match["tool"] not in turn.tools:
        return []
    try:
        arguments = json.loads(match["arguments"] or "{}")
    except ValueError:
        return ["The text after “with” is not JSON."]
    [output] = turn.results([Call(match["tool"], arguments)])
    return [f"{match['tool']} answered: {json.dumps(output, ensure_ascii=False)}"]
