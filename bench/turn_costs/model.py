"""A fake model that streams the same text each time, at a given speed."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from agents import Model, ModelProvider, ModelSettings, ModelTracing, RunConfig
from agents.items import TResponseStreamEvent
from agents.testing import ScriptedModel, assistant_message
from openai.types.responses import ResponseTextDeltaEvent

# The average length of an English token, in characters.
TOKEN_LENGTH = 4


class PacedModel(ScriptedModel, ModelProvider):
    """Answers with a text, one token per event, spread over `seconds`."""

    def __init__(self, text: str) -> None:
        super().__init__([[assistant_message(text)]])
        self._text = text
        self.events: list[TResponseStreamEvent] = []
        self.seconds = 0.0

    async def prepare(self) -> None:
        """Create the events in advance, so that a turn only sends them."""
        starts = range(0, len(self._text), TOKEN_LENGTH)
        tokens = [self._text[start : start + TOKEN_LENGTH] for start in starts]
        unset: dict[str, Any] = dict.fromkeys(("previous_response_id", "conversation_id", "prompt"))
        tracing = ModelTracing.DISABLED
        async for event in super().stream_response(
            None, "", ModelSettings(), [], None, [], tracing, **unset
        ):
            if isinstance(event, ResponseTextDeltaEvent):
                self.events += [event.model_copy(update={"delta": each}) for each in tokens]
            else:
                self.events.append(event)

    def get_model(self, model_name: str | None) -> Model:
        return self

    async def stream_response(self, *_: Any, **__: Any) -> AsyncIterator[TResponseStreamEvent]:
        started = time.monotonic()
        pause = self.seconds / len(self.events)
        for number, event in enumerate(self.events):
            if pause:
                # Keep the schedule, even if earlier events were slow.
                await asyncio.sleep(max(0, started + number * pause - time.monotonic()))
            yield event

    def run_config(self) -> RunConfig:
        return RunConfig(model_provider=self, tracing_disabled=True)
