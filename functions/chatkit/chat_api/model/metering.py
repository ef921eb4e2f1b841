"""Counts the tokens of each request for the turn that sends it."""

import httpx2
from agents import ItemHelpers, ModelResponse, Tool
from agents.agent_output import AgentOutputSchemaBase
from agents.items import TResponseOutputItem, TResponseStreamEvent
from openai.types.responses import ResponseOutputMessage

from chat_api.model.input.trimming import size_of
from chat_api.model.model_request import ModelRequest
from chat_api.model.texts import json_bytes
from chat_api.model.token_usage import Tokens, turn_tokens

# Failures that happen before the request is sent.
NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


class RequestMeter:
    """Counts one request from the moment it is sent, until its endpoint reports the usage.

    A request that its endpoint refuses also counts: it is unknown what the endpoint did with it.
    """

    def __init__(self, request: ModelRequest) -> None:
        tokens = turn_tokens.get() or Tokens()
        self._tokens = tokens.send(_request_bytes(request))

    def see(self, event: TResponseStreamEvent) -> None:
        """Count an event's piece of the answer, or take over the usage that it reports."""
        delta = getattr(event, "delta", None)
        if isinstance(delta, str):
            self._tokens.receive(delta)
        elif usage := getattr(getattr(event, "response", None), "usage", None):
            self._tokens.report(usage)

    def see_response(self, response: ModelResponse) -> None:
        """Count an answer that came in one piece."""
        for item in response.output:
            self._tokens.receive(_text(item))
        self._tokens.report(response.usage)

    def fail(self, error: Exception) -> None:
        """Count nothing for a request that never reached its endpoint."""
        if isinstance(error.__cause__, NOT_SENT):
            self._tokens.withdraw()


def _request_bytes(request: ModelRequest) -> int:
    given = request.input
    size = json_bytes(given) if isinstance(given, str) else size_of(given)
    tools = [_description(tool) for tool in request.tools]
    return size + json_bytes([request.system_instructions, tools, _schema(request.output_schema)])


def _description(tool: Tool) -> list[object]:
    """Return the parts of a tool that the model is sent; of a hosted tool, only its name."""
    return [tool.name, getattr(tool, "description", ""), getattr(tool, "params_json_schema", {})]


def _schema(output: AgentOutputSchemaBase | None) -> dict[str, object] | None:
    return output.json_schema() or None if output and not output.is_plain_text() else None


def _text(item: TResponseOutputItem) -> str:
    return ItemHelpers.extract_text(item) or "" if isinstance(item, ResponseOutputMessage) else ""
