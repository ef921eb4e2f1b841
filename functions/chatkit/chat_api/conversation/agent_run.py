"""One run of the agent: its input, its events in order, and its transcript."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import Any, cast

from agents import (
    Agent,
    ModelSettings,
    RunConfig,
    RunContextWrapper,
    Runner,
    RunResultStreaming,
    Tool,
)
from chatkit.agents import stream_agent_response
from chatkit.types import EndOfTurnItem, ThreadMetadata, ThreadStreamEvent

from chat_api.attachments.model_content import WITHHELD
from chat_api.conversation.approvals import NOT_BEGUN, UNKNOWN, approve_in_thread, is_for_thread
from chat_api.conversation.assistant import Assistant, ToolCall
from chat_api.conversation.call_results import approved_calls, call_result, results_of
from chat_api.conversation.generated_images import StoredImages, without_lost_image
from chat_api.conversation.held_calls import CHECKED_FIRST, HeldCalls
from chat_api.conversation.history import end_of_turn, hidden_in, stopped, turn_for_model
from chat_api.conversation.hosted_progress import HostedProgress
from chat_api.conversation.message_ids import MessageIds
from chat_api.conversation.reminders import Reminders, TurnProgress
from chat_api.conversation.replies import Reply
from chat_api.conversation.turn_context import OwnWorkflows, TurnContext
from chat_api.model.input.image_calls import without_image
from chat_api.pending_items import PendingItem
from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.store.waiting_turns import HeldCall, WaitingTurn
from chat_api.tools.toolset import Toolset
from chatcore.logs import logger


class CannotWait(Exception):
    """A run has ended at a call whose approval the service cannot ask for.

    Its tool belongs to an agent after a handoff, or to an MCP server of the agent.
    """


class AgentRun:
    """A run over `history` and `message`, which are items in the model's own format.

    With a `reply`, it continues where the turn waited.
    """

    def __init__(
        self,
        history: list[Any],
        message: list[Any],
        thread: ThreadMetadata,
        store: DynamoStore,
        context: RequestContext,
        reply: Reply | None = None,
    ) -> None:
        self._store = store
        self.context = TurnContext(thread=thread, store=store, request_context=context)
        # Whether the turn was stored for the model.
        self.is_remembered = False
        self.end_item: EndOfTurnItem | None = None
        # What the turn waits for, once it does.
        self.pending: PendingItem | None = None
        self._reply = reply
        self._before = reply.turn if reply else None
        # Approved calls that have no result yet, and the ids of those that may have begun.
        self._approved = approved_calls(reply.turn, reply.item) if reply else []
        self._begun = {each.call_id for each in self._approved if reply and reply.is_repeated}
        self._history = history
        self._message = message
        self._tools: Toolset | None = None
        self._progress: TurnProgress | None = None
        self._held: HeldCalls | None = None
        self._message_ids = MessageIds(lambda: store.mint("message"))
        # What the run adds to the conversation, in the model's own format.
        self._made = [*reply.turn.made, *results_of(reply.turn, reply.item)] if reply else []
        self._hidden = [*self._before.hidden] if self._before else []
        self._steps = self._before.steps if self._before else 0
        # The tools of the calls that ended the run, by call id.
        self._ended_at: dict[str | None, str | None] = {}

    def use(self, assistant: Assistant, tools: Toolset, reminders: Reminders) -> None:
        """Set the assistant and the tools. Call this first."""
        self._tools = tools
        self._progress = TurnProgress(tools, assistant.label, reminders)
        self._held = HeldCalls(assistant, tools, self.context.thread)

    async def approved(self) -> AsyncGenerator[ThreadStreamEvent]:
        """Run the calls that the person has approved, with their progress."""
        progress = self._progress
        assert progress
        for call in [*self._approved]:
            if self._reply and is_for_thread(self._reply.item, call):
                approve_in_thread(self.context.thread, call)
            self._begun.add(call.call_id)
            async for event in progress.approved(self.context, call):
                yield event
            self._made.append(self._approved_result(call))
            self._approved.remove(call)

    @asynccontextmanager
    async def events(
        self,
        assistant: Assistant,
        model: str | None,
        run_config: RunConfig,
        first_tool: str | None = None,
    ) -> AsyncIterator[AsyncIterator[ThreadStreamEvent]]:
        """Run the agent, which begins with `first_tool` if that is given and offered.

        Its events go through `in_order`, and each through `sent` afterwards.
        """
        progress, held, tools = self._progress, self._held, self._tools
        assert progress
        assert held
        assert tools
        result = Runner.run_streamed(
            agent_for_turn(assistant.agent, model, tools, held.tools, first_tool),
            [*self._history, *self._message, *self._made],
            context=self.context,
            max_turns=assistant.max_steps - self._steps,
            hooks=progress,
            run_config=replace(
                run_config,
                tool_error_formatter=progress.on_tool_error,
                tool_execution=CHECKED_FIRST,
            ),
        )
        shown = HostedProgress(self.context, OwnWorkflows(self.context, result))
        events = stream_agent_response(
            self.context,
            cast("RunResultStreaming", shown),
            converter=StoredImages(self.context, self._store),
        )
        assert isinstance(events, AsyncGenerator)
        try:
            async with progress.reminding(self.context), aclosing(events):
                yield events
        finally:
            result.cancel()
            self.context.end()
            given = len(self._history) + len(self._message)
            self._made = [without_image(dict(item)) for item in result.to_input_list()[given:]]
            self._steps += result.current_turn
            self._ended_at = {each.call_id: each.tool_name for each in result.interruptions}

    @property
    def calls(self) -> list[ToolCall]:
        """The tool calls of the turn so far, in the order in which they began."""
        before = self._before.tool_calls if self._before else []
        calls = self._progress.calls if self._progress else []
        return [*(ToolCall(**each) for each in before), *calls]

    @property
    def call_counts(self) -> dict[str, int]:
        """How many calls of the turn have an idempotency key so far, by call."""
        before = self._before.call_counts if self._before else {}
        return self._tools.call_counts if self._tools else before

    def in_order(self, event: ThreadStreamEvent) -> Sequence[ThreadStreamEvent]:
        """Return the events to send for an event of the run, with messages under our own ids."""
        ordered = self.context.in_order(event)
        if event.type != "thread.item.updated":
            ordered = [each for sent in ordered for each in without_lost_image(sent)]
        for each in ordered:
            self._hidden += hidden_in(each)
        return [self._message_ids.rename(each) for each in ordered]

    def sent(self, event: ThreadStreamEvent) -> None:
        """Note that the events for an event of the run have gone out."""
        self.context.sent(event)

    def end(self) -> EndOfTurnItem:
        """End the turn as a complete one, and return its end mark."""
        self.end_item = end_of_turn(self.context)
        return self.end_item

    async def wait(self) -> bool:
        """Make the turn wait if a call does, and return whether it waits.

        Raise `CannotWait` if the run has ended at a call that the service cannot continue.
        """
        assert self._held
        self._held.log_unknown()
        if stuck := [tool for id, tool in self._ended_at.items() if id not in self._held.ids]:
            logger.error("call_cannot_wait", tools=stuck)
            raise CannotWait
        self.pending = await self._held.item(self.context)
        return self.pending is not None

    def state(self, message_id: str) -> WaitingTurn:
        """Return the state from which a reply to the pending item continues."""
        assert self.pending
        assert self._held
        return WaitingTurn(
            message_id=message_id,
            item_id=self.pending.id,
            said=self._message,
            made=self._made,
            held=self._held.calls,
            hidden=self._hidden,
            tool_calls=[_stored(call) for call in self.calls],
            call_counts=self.call_counts,
            steps=self._steps,
        )

    def for_model(self, budget: int) -> list[Any]:
        """Return the turn as later turns send it to the model, in at most `budget` bytes.

        If the turn is not complete, a note says that its answer was stopped.
        """
        texts = self.context.request_context.turn.answer.texts
        made = [*self._made, *map(self._approved_result, self._approved)]
        turn = turn_for_model(self._message, made, texts, budget) + self._hidden
        return turn if self.end_item else [*turn, stopped()]

    def withhold_files(self) -> None:
        """Note for later turns that the model's endpoint has refused the files so far."""
        self._hidden.append(WITHHELD)

    def _approved_result(self, call: HeldCall) -> dict[str, Any]:
        results = self._progress.results if self._progress else {}
        missing = UNKNOWN if call.call_id in self._begun else NOT_BEGUN
        return call_result(call, results.get(call.call_id, missing))


def _stored(call: ToolCall) -> dict[str, Any]:
    # The SDK hands out a result as a read-only mapping, which JSON does not know.
    return vars(call) | {"arguments": dict(call.arguments), "result": dict(call.result)}


def agent_for_turn(
    agent: Agent[TurnContext],
    model: str | None,
    tools: Toolset,
    more: Sequence[Tool] = (),
    first_tool: str | None = None,
) -> Agent[TurnContext]:
    """Return a team's agent with the tools and the model of one turn.

    `more` are tools that no server offers. Without a model it keeps its own, which may be the
    Agents SDK's default. The SDK forgets the choice of `first_tool` after the first call of a tool.
    """

    async def instructions(
        context: RunContextWrapper[TurnContext], _agent: Agent[TurnContext]
    ) -> str:
        own = await agent.get_system_prompt(context) or ""
        return own + await tools.remark()

    settings = agent.model_settings
    if first_tool:
        settings = settings.resolve(ModelSettings(tool_choice=first_tool))
    return agent.clone(
        instructions=instructions,
        model_settings=settings,
        reset_tool_choice=agent.reset_tool_choice or first_tool is not None,
        model=model or agent.model,
        tools=[*agent.tools, *more],
        mcp_servers=[*agent.mcp_servers, tools],
    )
