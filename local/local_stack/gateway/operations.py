"""The operation that a request body names, for the access log."""

import json
import re

_NAME = re.compile(r"[\w./-]{1,64}", re.ASCII)


def operation(body: bytes | str) -> str:
    """Return a ChatKit operation, or an MCP method with the name of its tool; else "".

    For an event of API Gateway, the body in the event counts. Nothing else of a body is returned.
    """
    try:
        request = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    match request:
        case {"jsonrpc": _, "method": method, "params": {"name": tool}}:
            return " ".join(filter(None, map(_name, (method, tool))))
        case {"jsonrpc": _, "method": name} | {"type": name}:
            return _name(name)
        case {"httpMethod": _, "body": str(inner)}:
            return operation(inner)
    return ""


def _name(value: object) -> str:
    return value if isinstance(value, str) and _NAME.fullmatch(value) else ""
