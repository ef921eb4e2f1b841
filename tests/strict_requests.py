"""Checks every request that a test sends to a model by the rules of the strictest endpoints."""

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

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
                _found.extend(_in_body(request.content, violations))
        return await send(self, request, **options)

    # The clients are made in many places, and all of them send with this method.
    pytest.MonkeyPatch().setattr(httpx2.AsyncClient, "send", checked)


def _in_body(content: bytes, violations: Callable[[dict[str, Any]], list[str]]) -> list[str]:
    try:
        body = json.loads(content)
    except ValueError:
        body = None
    return violations(body) if isinstance(body, dict) else ["body: not a JSON object"]


def take_violations() -> list[str]:
    """Return the violations since the last call."""
    taken, _found[:] = [*_found], []
    return taken
