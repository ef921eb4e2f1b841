"""An answer of any items, in the one event that ends it."""

from typing import Any

from agents.testing import ModelStep
from openai.types.responses import Response, ResponseCompletedEvent


def whole_answer(*items: Any) -> ModelStep:
    """Return an answer that the scripted model cannot stream by itself."""
    response = Response(
        id="r",
        created_at=0,
        model="m",
        object="response",
        output=[],
        parallel_tool_calls=False,
        tool_choice="auto",
        tools=[],
    )
    response.output = [*items]
    end = ResponseCompletedEvent(type="response.completed", response=response, sequence_number=0)
    return ModelStep(stream_events=[end])
