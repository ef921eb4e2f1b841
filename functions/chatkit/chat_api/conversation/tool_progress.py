"""Shows tool calls while they run: a workflow item with one task per call."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any

from agents import Agent, RunContextWrapper, RunHooks, Tool
from agents.mcp.util import MCPToolCustomDataContext
from agents.run_config import ToolErrorFormatterArgs
from agents.tool import default_tool_error_function, default_tool_timeout_error_message
from agents.tool_context import ToolContext
from chatkit.types import (
    CustomTask,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
    Workflow,
    WorkflowItem,
    WorkflowTaskUpdated,
)

from chat_api.conversation.approvals import CHANGED, GONE
from chat_api.conversation.assistant import ToolCall
from chat_api.conversation.turn_context import TurnContext
from chat_api.conversation.workflow_progress import begin_task, end_task, new_workflow
from chat_api.model.tool_arguments import UnreadableArguments, read_arguments
from chat_api.store.waiting_turns import HeldCall
from chat_api.tools.approval import tool_digest
from chat_api.tools.results import Output, as_output
from chat_api.tools.toolset import Toolset
from chat_api.turns.open_items import summarized
from chatcore.logs import described, logger


class ToolProgress(RunHooks[TurnContext]):
    """Shows each call in the turn's workflow: loading, then complete or failed."""

    def __init__(self, tools: Toolset, label: Callable[[ToolCall], str | None]) -> None:
        """`label` returns the line for a call, or None for the tool's own title."""
        self._tools = tools
        self._label = label
        self._calls: dict[str, ToolCall] = {}
        self._positions: dict[str, tuple[WorkflowItem, int]] = {}
        # What approved calls returned, for the model, by the id of the call.
        self.results: dict[str, Output] = {}
        # Each event describes one change, so changes go one after the other.
        self._changing = asyncio.Lock()
        # The hooks alone do not say how a call of an MCP tool ended.
        tools.custom_data_extractor = self._note_result

    @property
    def calls(self) -> list[ToolCall]:
        """The calls of existing tools so far, in the order in which they began."""
        return list(self._calls.values())

    async def on_tool_start(
        self, context: RunContextWrapper[TurnContext], agent: Agent[TurnContext], tool: Tool
    ) -> None:
        assert isinstance(context, ToolContext)
        call = tool_call(self._tools, tool.name, _arguments(context.tool_arguments))
        self._calls[context.tool_call_id] = call
        task = CustomTask(title=self._line(call), status_indicator="loading")
        async with self._changing:
            self._positions[context.tool_call_id] = await begin_task(context.context, task)

    async def on_tool_end(
        self,
        context: RunContextWrapper[TurnContext],
        agent: Agent[TurnContext],
        tool: Tool,
        result: object,
    ) -> None:
        assert isinstance(context, ToolContext)
        call = self._calls[context.tool_call_id]
        failed = call.failed or result in _failures(context, tool)
        call.state = "failed" if failed else "done"
        async with self._changing:
            position = self._positions[context.tool_call_id]
            await end_task(context.context, *position, self._ended(call))

    async def approved(
        self, turn: TurnContext, held: HeldCall
    ) -> AsyncGenerator[ThreadStreamEvent]:
        """Run a call that the person has approved, and yield its progress.

        Its result is then in `results`. A tool that has changed since is not run.
        """
        await self._tools.list_tools()
        call = self._calls[held.call_id] = tool_call(self._tools, held.tool, held.arguments)
        tasks: list[Any] = [CustomTask(title=self._line(call), status_indicator="loading")]
        item = new_workflow(turn, Workflow(type="custom", tasks=tasks))
        yield ThreadItemAddedEvent(item=item)
        declared = self._tools.find(held.tool).declared
        if declared is None:
            call.state, self.results[held.call_id] = "failed", GONE
        elif tool_digest(declared) != held.digest:
            call.state, self.results[held.call_id] = "failed", CHANGED
        else:
            result = await self._tools.call_approved(held.tool, held.arguments)
            call.result = result.structured_content or {}
            call.state = "failed" if result.is_error else "done"
            self.results[held.call_id] = as_output(result)
        item.workflow.tasks[0] = self._ended(call)
        update = WorkflowTaskUpdated(task=item.workflow.tasks[0], task_index=0)
        yield ThreadItemUpdatedEvent(item_id=item.id, update=update)
        yield ThreadItemDoneEvent(item=summarized(item))

    async def on_tool_error(self, error: ToolErrorFormatterArgs[TurnContext]) -> None:
        """Log what a function tool raised, and show the call of an invented tool as failed.

        Used as the run's `tool_error_formatter`, because no hook reports these two. The model
        receives the SDK's own message.
        """
        if error.error is not None:
            logger.error("tool_failed", tool=error.tool_name, **described(error.error))
        if error.kind == "tool_not_found":
            call = tool_call(self._tools, error.tool_name, {}, state="failed")
            async with self._changing:
                await begin_task(
                    error.run_context.context, CustomTask(title=self._line(call), icon="info")
                )

    def _ended(self, call: ToolCall) -> CustomTask:
        if call.failed:
            return CustomTask(title=self._line(call), icon="info")
        return CustomTask(title=self._line(call), status_indicator="complete")

    def _line(self, call: ToolCall) -> str:
        """Return a call's progress line. If the label raises, log that and use the tool's title."""
        label = None
        try:
            label = self._label(call)
        except Exception as error:
            logger.error("tool_label_failed", tool=call.tool, **described(error))
        if isinstance(label, str) and label:
            return label
        return f"Failed: {call.title}" if call.failed else call.title

    def _note_result(self, noted: MCPToolCustomDataContext) -> None:
        assert isinstance(noted.run_context, ToolContext)
        call = self._calls[noted.run_context.tool_call_id]
        call.result = noted.structured_content or {}
        if noted.is_error:
            call.state = "failed"


def tool_call(
    tools: Toolset, tool_name: str, arguments: Mapping[str, Any], **state: Any
) -> ToolCall:
    """Return a call with what the tool's server declares."""
    tool = tools.find(tool_name)
    return ToolCall(
        tool_name,
        arguments,
        title=tool.title,
        read_only=tool.read_only,
        is_own=tool.is_own,
        **state,
    )


def _failures(context: ToolContext[TurnContext], tool: Tool) -> list[str]:
    """Return the results by which the SDK reports to the model that a tool failed."""
    failures = [default_tool_error_function(context, Exception())]
    seconds = getattr(tool, "timeout_seconds", None)
    if seconds is not None:
        failures.append(
            default_tool_timeout_error_message(tool_name=tool.name, timeout_seconds=seconds)
        )
    return failures


def _arguments(text: str) -> Mapping[str, Any]:
    try:
        return read_arguments(text)
    except UnreadableArguments:
        return {}
