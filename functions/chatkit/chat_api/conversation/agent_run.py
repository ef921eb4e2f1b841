"""One run of the agent: its input, its events in order, and its transcript."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import Any

from agents import Agent, RunConfig, RunContextWrapper, Runner
from chatkit.agents import stream_agent_response
from chatkit.types import EndOfTurnItem, ThreadMetadata, ThreadStreamEvent

from chat_api.conversation.assistant import Assistant, ToolCall
from chat_api.conversation.history import end_of_turn, hidden_in, stopped, turn_for_model
from chat_api.conversation.message_ids import MessageIds
from chat_api.conversation.reminders import Reminders, TurnProgress
from chat_api.conversation.turn_context import TurnContext
from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.tools.toolset import Toolset


class AgentRun:
    """A run over `history` and `message`, which are items in the model's own format."""

    def __init__(
        self,
        history: list[Any],
        message: list[Any],
        thread: ThreadMetadata,
        store: DynamoStore,
        context: RequestContext,
    ) -> None:
        self.context = TurnContext(thread=thread, store=store, request_context=context)
        # Whether the turn was stored for the model.
        self.is_remembered = False
        self.end_item: EndOfTurnItem | None = None
        self._progress: TurnProgress | None = None
        self._history = history
        self._message = message
        self._message_ids = MessageIds(lambda: store.mint("message"))
        # What the run adds to the conversation, in the model's own format.
        self._made: list[Any] = []
        self._hidden: list[Any] = []

    @asynccontextmanager
    async def events(
        self,
        assistant: Assistant,
        model: str | None,
        tools: Toolset,
        run_config: RunConfig,
        reminders: Reminders,
    ) -> AsyncIterator[AsyncIterator[ThreadStreamEvent]]:
        """Run the agent. Its events go through `in_order`, and each through `sent` afterwards."""
        progress = self._progress = TurnProgress(tools, assistant.label, reminders)
        result = Runner.run_streamed(
            agent_for_turn(assistant.agent, model, tools),
            [*self._history, *self._message],
            context=self.context,
            max_turns=assistant.max_steps,
            hooks=progress,
            run_config=replace(run_config, tool_error_formatter=progress.on_tool_error),
        )
        events = stream_agent_response(self.context, result)
        assert isinstance(events, AsyncGenerator)
        try:
            async with progress.reminding(self.context), aclosing(events):
                yield events
        finally:
            result.cancel()
            self.context.end()
            given = len(self._history) + len(self._message)
            self._made = [dict(item) for item in result.to_input_list()[given:]]

    @property
    def calls(self) -> list[ToolCall]:
        """The tool calls so far, in the order in which they began."""
        return self._progress.calls if self._progress else []

    def in_order(self, event: ThreadStreamEvent) -> Sequence[ThreadStreamEvent]:
        """Return the events to send for an event of the run, with messages under our own ids."""
        ordered = self.context.in_order(event)
        for each in ordered:
            self._hidden += hidden_in(each)
        return [self._message_ids.rename(each) for each in ordered]

    def sent(self, event: ThreadStreamEvent) -> None:
        """Note that the events for an event of the run have gone out."""
        self.context.sent(event)

    def end(self) -> EndOfTurnItem:
        """End the turn as a whole one, and return the mark of its end."""
        self.end_item = end_of_turn(self.context)
        return self.end_item

    def for_model(self, budget: int) -> list[Any]:
        """Return the turn as later turns give it to the model, in at most `budget` bytes.

        A turn that was not ended says that its answer was stopped.
        """
        texts = self.context.request_context.turn.answer.texts
        turn = turn_for_model(self._message, self._made, texts, budget) + self._hidden
        return turn if self.end_item else [*turn, stopped()]


def agent_for_turn(
    agent: Agent[TurnContext], model: str | None, tools: Toolset
) -> Agent[TurnContext]:
    """Return a team's agent with the tools and the model of one turn.

    Without a model it keeps its own, which may be the Agents SDK's default.
    """

    async def instructions(
        context: RunContextWrapper[TurnContext], _agent: Agent[TurnContext]
    ) -> str:
        own = await agent.get_system_prompt(context) or ""
        return own + await tools.remark()

    return agent.clone(
        instructions=instructions,
        model=model or agent.model,
        mcp_servers=[*agent.mcp_servers, tools],
    )
