"""The tools' calls as they happen: a workflow item with one task for each."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from agents import Agent, RunContextWrapper, RunHooks, Tool
from agents.mcp import MCPServer
from agents.mcp.util import MCPToolCustomDataContext
from agents.run_config import ToolErrorFormatterArgs
from agents.tool import default_tool_error_function, default_tool_timeout_error_message
from agents.tool_context import ToolContext
from chatkit.types import (
    CustomTask,
    ThreadItemAddedEvent,
    ThreadItemUpdatedEvent,
    Workflow,
    WorkflowItem,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)

from chat_api.conversation.turn_context import TurnContext
from chat_api.model.arguments import BadArguments, read_arguments
from chatcore.logs import described, logger
from task_assistant.tool_labels import when_done, when_failed, while_running


@dataclass
class ToolCall:
    """A call of a tool; `result` is its structured content, empty for none."""

    tool: str
    arguments: Mapping[str, Any]
    result: Mapping[str, Any] = field(default_factory=dict)
    failed: bool = False


class ToolProgress(RunHooks[TurnContext]):
    """Shows each call in the turn's workflow: loading, then complete or failed. Kept in `calls`."""

    def __init__(self) -> None:
        self._calls: dict[str, ToolCall] = {}
        self._places: dict[str, tuple[WorkflowItem, int]] = {}
        # An event tells of one change, so one change waits for the event of the other.
        self._changing = asyncio.Lock()

    @property
    def calls(self) -> list[ToolCall]:
        """All so far, in the order in which they began."""
        return list(self._calls.values())

    def watch(self, server: MCPServer) -> None:
        """Learn how the calls of this server's tools end, which the hooks are not told."""
        server.custom_data_extractor = self._note_result

    async def on_tool_start(
        self, context: RunContextWrapper[TurnContext], agent: Agent[TurnContext], tool: Tool
    ) -> None:
        assert isinstance(context, ToolContext)
        call = ToolCall(tool.name, _arguments(context.tool_arguments))
        self._calls[context.tool_call_id] = call
        task = CustomTask(
            title=while_running(call.tool, call.arguments), status_indicator="loading"
        )
        async with self._changing:
            self._places[context.tool_call_id] = await _begin(context.context, task)

    async def on_tool_end(
        self,
        context: RunContextWrapper[TurnContext],
        agent: Agent[TurnContext],
        tool: Tool,
        result: object,
    ) -> None:
        assert isinstance(context, ToolContext)
        call = self._calls[context.tool_call_id]
        call.failed |= result in _failures(context, tool)
        async with self._changing:
            await _end(context.context, *self._places[context.tool_call_id], _ended(call))

    async def on_tool_error(self, error: ToolErrorFormatterArgs[TurnContext]) -> None:
        """Log what a function tool raised, and show the call of an invented tool as failed.

        No other hook hears of either. The model is told what the SDK tells it.
        """
        if error.error is not None:
            logger.error("tool_failed", tool=error.tool_name, **described(error.error))
        if error.kind == "tool_not_found":
            task = CustomTask(title=when_failed(error.tool_name, {}), icon="info")
            async with self._changing:
                await _begin(error.run_context.context, task)

    def _note_result(self, noted: MCPToolCustomDataContext) -> None:
        assert isinstance(noted.run_context, ToolContext)
        call = self._calls[noted.run_context.tool_call_id]
        call.failed, call.result = bool(noted.is_error), noted.structured_content or {}


async def _begin(turn: TurnContext, task: CustomTask) -> tuple[WorkflowItem, int]:
    """Show a task in the turn's workflow, or in a new one; return where it stands."""
    item = turn.workflow_item
    if item is None:
        return await _begin_workflow(turn, Workflow(type="custom", tasks=[task])), 0
    tasks = item.workflow.tasks
    tasks.append(task)
    if item.workflow.type == "custom" and len(tasks) == 1:
        # A tool has started it, and it goes out with its first task.
        await turn.stream(ThreadItemAddedEvent(item=item))
        return item, 0
    # The SDK's own way looks for the task by what it holds: of two alike it finds the first.
    added = WorkflowTaskAdded(task=task, task_index=len(tasks) - 1)
    await turn.stream(ThreadItemUpdatedEvent(item_id=item.id, update=added))
    return item, added.task_index


async def _begin_workflow(turn: TurnContext, workflow: Workflow) -> WorkflowItem:
    """Begin a workflow after all that was streamed before it.

    The context's own `start_workflow` makes it the current one at once, although a message that
    the model wrote before its call may still have to be read, and ends the current workflow then.
    """
    item = WorkflowItem(
        id=turn.generate_id("workflow"),
        thread_id=turn.thread.id,
        # The SDK subtracts it from a naive time.
        created_at=datetime.now(),  # noqa: DTZ005
        workflow=workflow,
    )
    await turn.stream(ThreadItemAddedEvent(item=item))
    return item


async def _end(turn: TurnContext, item: WorkflowItem, index: int, task: CustomTask) -> None:
    item.workflow.tasks[index] = task
    updated = WorkflowTaskUpdated(task=task, task_index=index)
    await turn.stream(ThreadItemUpdatedEvent(item_id=item.id, update=updated))


def _failures(context: ToolContext[TurnContext], tool: Tool) -> list[str]:
    """Return the results by which the SDK tells the model that a tool failed."""
    failures = [default_tool_error_function(context, Exception())]
    seconds = getattr(tool, "timeout_seconds", None)
    if seconds is not None:
        failures.append(
            default_tool_timeout_error_message(tool_name=tool.name, timeout_seconds=seconds)
        )
    return failures


def _ended(call: ToolCall) -> CustomTask:
    if call.failed:
        return CustomTask(title=when_failed(call.tool, call.arguments), icon="info")
    title = when_done(call.tool, call.arguments, call.result)
    return CustomTask(title=title, status_indicator="complete")


def _arguments(text: str) -> Mapping[str, Any]:
    try:
        return read_arguments(text)
    except BadArguments:
        return {}
