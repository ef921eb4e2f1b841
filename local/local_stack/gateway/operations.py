"""What a request asks for, in the words of its protocol."""

import json
import re
from typing import Any

_NAME = re.compile(r"[\w./-]{1,64}", re.ASCII)


def operation(body: bytes | str) -> str:
    """Return a ChatKit operation, or an MCP method with the name of its tool.

    An event of API Gateway is read by the body in it. "" when a body names no operation; never
    anything else of what it says.
    """
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    match asked:
        case {"jsonrpc": _, "method": method, "params": {"name": tool}}:
            return " ".join(filter(None, map(_name, (method, tool))))
        case {"jsonrpc": _, "method": named} | {"type": named}:
            return _name(named)
        case {"httpMethod": _, "body": str(inner)}:
            return operation(inner)
    return ""


def _name(value: Any) -> str:
    return value if isinstance(value, str) and _NAME.fullmatch(value) else ""
