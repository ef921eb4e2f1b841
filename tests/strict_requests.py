"""Checks every request that a test sends to a model by the rules of the strictest endpoints."""

import json
from typing import Any

import httpx2
import pytest
from agents import FunctionTool
from agents.testing import ModelCall

from local_stack.model.strict import chat_completions, responses

_CHECKS = {
    "/responses": responses.violations,
    "/chat/completions": chat_completions.violations,
}
_found: list[str] = []


def check_model_requests() -> None:
    """Note the violations of all requests that this process's HTTP clients send to a model."""
    send = httpx2.AsyncClient.send

    async def checked(
        self: httpx2.AsyncClient, request: httpx2.Request, **options: Any
    ) -> httpx2.Response:
        for path, violations in _CHECKS.items():
            if request.method == "POST" and request.url.path.endswith(path):
                _found.extend(violations(json.loads(request.content)))
        return await send(self, request, **options)

    # The clients are made in many places, and all of them send with this method.
    pytest.MonkeyPatch().setattr(httpx2.AsyncClient, "send", checked)


def violations_of(call: ModelCall) -> list[str]:
    """Return the violations of a request to the Agents SDK's own scripted model."""
    tools = [_tool(each) for each in call.tools if isinstance(each, FunctionTool)]
    return responses.violations({"model": "m", "input": call.input, "tools": tools, "store": False})


def _tool(tool: FunctionTool) -> dict[str, Any]:
    schema = {"parameters": tool.params_json_schema, "strict": tool.strict_json_schema}
    return {"type": "function", "name": tool.name, "description": tool.description, **schema}


def take_violations() -> list[str]:
    """Return the violations since the last call."""
    taken, _found[:] = [*_found], []
    return taken
