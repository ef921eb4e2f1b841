"""What the user sees until the model begins to answer."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from agents import Agent, ModelResponse, RunContextWrapper
from agents.items import TResponseInputItem
from chatkit.types import ProgressUpdateEvent

from chat_api.conversation.assistant import ToolCall
from chat_api.conversation.tool_progress import ToolProgress
from chat_api.conversation.turn_context import TurnContext
from chat_api.tools.toolset import Toolset

WAITING = "Waiting for an answer"
STILL_WAITING = "Still waiting for an answer"


@dataclass(frozen=True)
class Reminders:
    """The seconds of silence after which the user sees that the turn is waiting for the model.

    `first` precedes the first reminder of a model request, and `again` each further one.
    """

    first: float = 5.0
    again: float = 20.0


class TurnProgress(ToolProgress):
    """Shows tool calls and, while nothing else of the turn is visible, that the model is slow."""

    def __init__(
        self, tools: Toolset, label: Callable[[ToolCall], str | None], reminders: Reminders
    ) -> None:
        super().__init__(tools, label)
        self._reminders = reminders
        self._asking = asyncio.Event()
        self._pause, self._text = reminders.first, WAITING

    @asynccontextmanager
    async def reminding(self, turn: TurnContext) -> AsyncIterator[None]:
        """Send reminders while the block runs."""
        reminding = asyncio.create_task(self._remind(turn))
        try:
            yield
        finally:
            reminding.cancel()
            await asyncio.wait([reminding])

    async def on_llm_start(
        self,
        context: RunContextWrapper[TurnContext],
        agent: Agent[TurnContext],
        system_prompt: str | None,
        input_items: list[TResponseInputItem],
    ) -> None:
        context.context.note_event()
        self._pause, self._text = self._reminders.first, WAITING
        self._asking.set()

    async def on_llm_end(
        self,
        context: RunContextWrapper[TurnContext],
        agent: Agent[TurnContext],
        response: ModelResponse,
    ) -> None:
        self._asking.clear()

    async def _remind(self, turn: TurnContext) -> None:
        while True:
            await self._asking.wait()
            due = turn.last_event_at + self._pause - asyncio.get_running_loop().time()
            if due > 0:
                await asyncio.sleep(due)
            elif turn.speaking:
                turn.note_event()
            else:
                await turn.stream(ProgressUpdateEvent(icon="bolt", text=self._text))
                self._pause, self._text = self._reminders.again, STILL_WAITING
