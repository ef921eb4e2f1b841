"""The log lines of failed model requests."""

import contextlib
import json
from pathlib import Path
from typing import Any

import openai
from agents.exceptions import AgentsException

from tests.unit.chat_api.model_requests.endpoint import Answer, Endpoint, finished

OPERATE = Path(__file__).parents[4] / "docs/guides/operate.md"
# A text that must not be logged.
SECRET = "hunter2"
WORDS = f"My parcel is called {SECRET}"
KEYS = (
    *("model", "api", "attempt", "status", "content_type", "model_request_id"),
    *("error", "code", "error_type", "param", "connection", "retry_in"),
    *("denied_action", "denied_resource", "reason", "cause"),
)
# The keys of every first request over the Responses API, and of every JSON response.
RESPONSES = {"model": "model-1", "api": "responses", "attempt": 1}
JSON = {"content_type": "application/json"}


async def keys_of(
    endpoint: Endpoint, logged: list[dict[str, Any]], *answers: Answer, api: str = "responses"
) -> list[dict[str, Any]]:
    """Run an agent. Return the keys of each log line for its requests, without the secret."""
    with contextlib.suppress(openai.OpenAIError, AgentsException):
        await finished(endpoint.run(*answers, api=api))
    lines = [line for line in logged if line["message"].startswith("model_request_")]
    assert SECRET not in json.dumps(logged)
    return [{key: line[key] for key in KEYS if key in line} for line in lines]
