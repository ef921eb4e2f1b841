"""A model whose requests and answers are checked: nothing from outside is trusted."""

from collections.abc import AsyncGenerator
from dataclasses import replace

from agents import Model, ModelResponse, ModelSettings, Tool
from agents.agent_output import AgentOutputSchemaBase
from agents.handoffs import Handoff
from agents.items import TResponseInputItem, TResponseStreamEvent
from agents.models.interface import ModelTracing
from agents.models.openai_chatcompletions import OpenAIChatCompletionsModel
from openai.types.responses.response_prompt_param import ResponsePromptParam

from chat_api.model.budget import turn_bytes
from chat_api.model.input.items import CHAT_COMPLETIONS, RESPONSES
from chat_api.model.input.normalizer import model_input
from chat_api.model.output.answer_checks import AnswerChecks, checked_output
from chat_api.model.output.cut import AnswerCut
from chat_api.model.output.ids import ModelIds
from chat_api.model.sdk_internals import deliver_events_before
from chat_api.model.wrapping import WrappingModel

# What the SDK and the client raise when they stumble over an answer's form.
UNREADABLE = (ValueError, TypeError, AttributeError, LookupError)


class CheckedModel(WrappingModel):
    """Pass requests to another model and its answers back, each checked on the way.

    The input of a request is normalized, its running turn shortened to `turn_bytes`.
    """

    def __init__(self, model: Model, ids: ModelIds, *, turn_bytes: int = turn_bytes()) -> None:
        super().__init__(model)
        self._ids = ids
        self._turn_bytes = turn_bytes
        chat_completions = isinstance(self.innermost, OpenAIChatCompletionsModel)
        self._form = CHAT_COMPLETIONS if chat_completions else RESPONSES

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
        try:
            response = await self._model.get_response(
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
            return replace(response, output=checked_output(response.output, self._ids))
        except UNREADABLE as error:
            raise AnswerCut("An answer cannot be read") from error

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
        answer = AnswerChecks(self._ids)
        try:
            async for event in events:
                for checked in answer.feed(event):
                    yield checked
            answer.finish()
        except UNREADABLE as error:
            cut = AnswerCut("An answer cannot be read")
            deliver_events_before(cut)
            raise cut from error
        except Exception as error:
            deliver_events_before(error)
            raise
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
