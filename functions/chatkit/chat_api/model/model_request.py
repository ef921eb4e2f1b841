"""The arguments with which the Agents SDK asks a model, as one value."""

from collections.abc import AsyncIterator
from dataclasses import KW_ONLY, dataclass

from agents import Model, ModelResponse, ModelSettings, Tool
from agents.agent_output import AgentOutputSchemaBase
from agents.handoffs import Handoff
from agents.items import TResponseInputItem, TResponseStreamEvent
from agents.models.interface import ModelTracing
from openai.types.responses.response_prompt_param import ResponsePromptParam


@dataclass(frozen=True)
class ModelRequest:
    """A request to a model. Its fields are the parameters of `Model.get_response`, in order."""

    system_instructions: str | None
    input: str | list[TResponseInputItem]
    model_settings: ModelSettings
    tools: list[Tool]
    output_schema: AgentOutputSchemaBase | None
    handoffs: list[Handoff]
    tracing: ModelTracing
    _: KW_ONLY
    previous_response_id: str | None
    conversation_id: str | None
    prompt: ResponsePromptParam | None

    @property
    def tool_names(self) -> set[str]:
        """The names of everything that the model may call, handoffs included."""
        return {each.name for each in self.tools} | {each.tool_name for each in self.handoffs}

    async def send(self, model: Model) -> ModelResponse:
        """Return the model's answer in one piece."""
        return await model.get_response(**vars(self))

    def stream(self, model: Model) -> AsyncIterator[TResponseStreamEvent]:
        """Return the events of the model's answer. The request is sent when the first is read."""
        return model.stream_response(**vars(self))
