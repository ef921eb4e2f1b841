"""A model that costs nothing: it gives the same words each time, as fast or slowly as one likes."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from agents import Model, ModelProvider, ModelSettings, ModelTracing, RunConfig
from agents.items import TResponseStreamEvent
from agents.testing import ScriptedModel, assistant_message
from openai.types.responses import ResponseTextDeltaEvent

# English has about four characters to one.
TOKEN = 4


class Words(ScriptedModel, ModelProvider):
    """Answers with a text, a token an event, within so many `seconds`."""

    def __init__(self, text: str) -> None:
        super().__init__([[assistant_message(text)]])
        self._text = text
        self.events: list[TResponseStreamEvent] = []
        self.seconds = 0.0

    async def prepare(self) -> None:
        """Make the events, so that a turn only has to be given them."""
        starts = range(0, len(self._text), TOKEN)
        tokens = [self._text[start : start + TOKEN] for start in starts]
        nothing: dict[str, Any] = dict.fromkeys(
            ("previous_response_id", "conversation_id", "prompt")
        )
        tracing = ModelTracing.DISABLED
        async for event in super().stream_response(
            None, "", ModelSettings(), [], None, [], tracing, **nothing
        ):
            if isinstance(event, ResponseTextDeltaEvent):
                self.events += [event.model_copy(update={"delta": each}) for each in tokens]
            else:
                self.events.append(event)

    def get_model(self, model_name: str | None) -> Model:
        return self

    async def stream_response(self, *_: Any, **__: Any) -> AsyncIterator[TResponseStreamEvent]:
        began, pause = time.monotonic(), self.seconds / len(self.events)
        for number, event in enumerate(self.events):
            if pause:
                # However long the events before took.
                await asyncio.sleep(max(0, began + number * pause - time.monotonic()))
            yield event

    def run_config(self) -> RunConfig:
        return RunConfig(model_provider=self, tracing_disabled=True)
