"""A model whose requests are counted for the turn that sends them."""

from collections.abc import AsyncGenerator
from typing import Any, cast

import httpx2
from agents import ItemHelpers, ModelResponse, Tool
from agents.agent_output import AgentOutputSchemaBase
from agents.items import TResponseInputItem, TResponseOutputItem, TResponseStreamEvent
from agents.model_settings import ModelSettings
from openai.types.responses import ResponseOutputMessage

from chat_api.model.input.fitting import size_of
from chat_api.model.input.items import Item
from chat_api.model.texts import json_bytes
from chat_api.model.token_usage import ModelRequest, Tokens, turn_tokens
from chat_api.model.wrapping import WrappingModel

# What fails before the request has left.
_NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


class MeteredModel(WrappingModel):
    """Pass requests on, and count the tokens of each for the turn that sends it.

    A request that its endpoint refuses counts too: nobody knows what the endpoint did with it.
    """

    async def get_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],
        model_settings: ModelSettings,
        tools: list[Tool],
        output_schema: AgentOutputSchemaBase | None,
        *request: Any,
        **more: Any,
    ) -> ModelResponse:
        counted = _send(system_instructions, input, tools, output_schema)
        try:
            response = await self._model.get_response(
                system_instructions, input, model_settings, tools, output_schema, *request, **more
            )
        except Exception as error:
            _withdraw_unsent(counted, error)
            raise
        for item in response.output:
            counted.receive(_text(item))
        counted.report(response.usage)
        return response

    async def stream_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],
        model_settings: ModelSettings,
        tools: list[Tool],
        output_schema: AgentOutputSchemaBase | None,
        *request: Any,
        **more: Any,
    ) -> AsyncGenerator[TResponseStreamEvent]:
        counted = _send(system_instructions, input, tools, output_schema)
        events = self._model.stream_response(
            system_instructions, input, model_settings, tools, output_schema, *request, **more
        )
        try:
            async for event in events:
                _receive(counted, event)
                yield event
        except Exception as error:
            _withdraw_unsent(counted, error)
            raise
        finally:
            if isinstance(events, AsyncGenerator):
                await events.aclose()


def _send(
    instructions: str | None,
    input: str | list[TResponseInputItem],
    tools: list[Tool],
    output_schema: AgentOutputSchemaBase | None,
) -> ModelRequest:
    said = json_bytes(input) if isinstance(input, str) else size_of(cast("list[Item]", input))
    offered = [[tool.name, *_described(tool)] for tool in tools]
    schema = output_schema and not output_schema.is_plain_text() and output_schema.json_schema()
    tokens = turn_tokens.get() or Tokens()
    tokens = turn_tokens.get() or Tokens()
    return tokens.send(said + json_bytes([instructions, offered, schema or None]))


def _described(tool: Tool) -> list[Any]:
    """Return what a function tool tells the model beside its name; hosted tools tell nothing."""
    return [getattr(tool, "description", ""), getattr(tool, "params_json_schema", {})]


def _receive(counted: ModelRequest, event: TResponseStreamEvent) -> None:
    delta = getattr(event, "delta", None)
    if isinstance(delta, str):
        counted.receive(delta)
    elif usage := getattr(getattr(event, "response", None), "usage", None):
        counted.report(usage)


def _text(item: TResponseOutputItem) -> str:
    return ItemHelpers.extract_text(item) or "" if isinstance(item, ResponseOutputMessage) else ""


def _withdraw_unsent(counted: ModelRequest, error: Exception) -> None:
    if isinstance(error.__cause__, _NOT_SENT):
        counted.withdraw()
