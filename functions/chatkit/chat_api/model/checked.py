"""A model whose requests and answers are checked: nothing from outside is trusted."""

from collections.abc import AsyncGenerator

from agents import Model, ModelResponse, ModelSettings, Tool
from agents.agent_output import AgentOutputSchemaBase
from agents.handoffs import Handoff
from agents.items import TResponseInputItem, TResponseStreamEvent
from agents.models.interface import ModelTracing
from agents.models.openai_chatcompletions import OpenAIChatCompletionsModel
from agents.retry import ModelRetryAdvice, ModelRetryAdviceRequest
from openai.types.responses.response_prompt_param import ResponsePromptParam

from chat_api.model.budget import turn_bytes
from chat_api.model.history_input import model_input
from chat_api.model.items import CHAT_COMPLETIONS, RESPONSES


class CheckedModel(Model):
    """Pass requests to another model and its answers back, each checked on the way.

    The input of a request is normalized, its running turn shortened to `turn_bytes`.
    """

    def __init__(self, model: Model, *, turn_bytes: int = turn_bytes()) -> None:
        self._model = model
        self._turn_bytes = turn_bytes
        chat_completions = isinstance(model, OpenAIChatCompletionsModel)
        self._form = CHAT_COMPLETIONS if chat_completions else RESPONSES

    async def close(self) -> None:
        await self._model.close()

    def get_retry_advice(self, request: ModelRetryAdviceRequest) -> ModelRetryAdvice | None:
        return self._model.get_retry_advice(request)

    async def get_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],
        model_settings: ModelSettings,
        tools: list[Tool],
        output_schema: AgentOutputSchemaBase | None,
        handoffs: list[Handoff],
        tracing: ModelTracing,
        *,
        previous_response_id: str | None,
        conversation_id: str | None,
        prompt: ResponsePromptParam | None,
    ) -> ModelResponse:
        return await self._model.get_response(
            system_instructions,
            self._input(input, tools, handoffs),
            model_settings,
            tools,
            output_schema,
            handoffs,
            tracing,
            previous_response_id=previous_response_id,
            conversation_id=conversation_id,
            prompt=prompt,
        )

    async def stream_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],
        model_settings: ModelSettings,
        tools: list[Tool],
        output_schema: AgentOutputSchemaBase | None,
        handoffs: list[Handoff],
        tracing: ModelTracing,
        *,
        previous_response_id: str | None,
        conversation_id: str | None,
        prompt: ResponsePromptParam | None,
    ) -> AsyncGenerator[TResponseStreamEvent]:
        events = self._model.stream_response(
            system_instructions,
            self._input(input, tools, handoffs),
            model_settings,
            tools,
            output_schema,
            handoffs,
            tracing,
            previous_response_id=previous_response_id,
            conversation_id=conversation_id,
            prompt=prompt,
        )
        try:
            async for event in events:
                yield event
        finally:
            if isinstance(events, AsyncGenerator):
                await events.aclose()

    def _input(
        self,
        given: str | list[TResponseInputItem],
        tools: list[Tool],
        handoffs: list[Handoff],
    ) -> str | list[TResponseInputItem]:
        names = {tool.name for tool in tools} | {handoff.tool_name for handoff in handoffs}
        return model_input(given, self._form, tools=names, turn_bytes=self._turn_bytes)
