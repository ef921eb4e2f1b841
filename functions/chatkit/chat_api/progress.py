"""The tools' calls as they happen: a workflow item with one task for each."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from agents import Agent, RunContextWrapper, RunHooks, Tool
from agents.mcp import MCPServer
from agents.mcp.util import MCPToolCustomDataContext
from agents.run_config import ToolErrorFormatterArgs
from agents.tool import default_tool_error_function
from agents.tool_context import ToolContext
from chatkit.agents import AgentContext
from chatkit.types import (
    CustomTask,
    ProgressUpdateEvent,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
    Workflow,
    WorkflowItem,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)
from pydantic import PrivateAttr

from chat_api.context import ChatContext
from chat_api.model.arguments import BadArguments, read_arguments
from chat_api.tool_titles import when_done, when_failed, while_running


class TurnContext(AgentContext[ChatContext]):
    """The SDK's context of a run, which sends events in the order in which things happen."""

    _waiting: dict[int, asyncio.Event] = PrivateAttr(default_factory=dict)

    async def stream(self, event: ThreadStreamEvent) -> None:
        """Return when the event has gone out: nothing that follows from it can overtake it."""
        gone = self._waiting[id(event)] = asyncio.Event()
        await super().stream(event)
        await gone.wait()

    async def in_order(
        self, events: AsyncIterator[ThreadStreamEvent]
    ) -> AsyncGenerator[ThreadStreamEvent]:
        """The events, each of which has gone out when the next one is asked for."""
        async for event in events:
            yield event
            if self._waiting and (gone := self._waiting.pop(id(event), None)):
                gone.set()

    def end(self) -> None:
        """Let go of the task that `stream_agent_response` leaves waiting when the run fails.

        An event that nobody is told: the SDK's own end of the queue would end that task with an
        exception, which asyncio then logs as one that nobody retrieved.
        """
        self._events.put_nowait(ProgressUpdateEvent(text=""))


@dataclass
class Call:
    """A call of a tool; `result` is its structured content, empty for none."""

    tool: str
    arguments: Mapping[str, Any]
    result: Mapping[str, Any] = field(default_factory=dict)
    failed: bool = False


class ToolProgress(RunHooks[TurnContext]):
    """Shows each call in the turn's workflow: loading, then complete or failed. Kept in `calls`."""

    def __init__(self) -> None:
        self._calls: dict[str, Call] = {}
        self._places: dict[str, tuple[WorkflowItem, int]] = {}
        # An event tells of one change, so one change waits for the event of the other.
        self._changing = asyncio.Lock()

    @property
    def calls(self) -> list[Call]:
        """All so far, in the order in which they began."""
        return list(self._calls.values())

    def watch(self, server: MCPServer) -> None:
        """Learn how the calls of this server's tools end, which the hooks are not told."""
        server.custom_data_extractor = self._note_result

    async def on_tool_start(
        self, context: RunContextWrapper[TurnContext], agent: Agent[TurnContext], tool: Tool
    ) -> None:
        assert isinstance(context, ToolContext)
        call = Call(tool.name, _arguments(context.tool_arguments))
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
        call.failed |= result == default_tool_error_function(context, Exception())
        async with self._changing:
            await _end(context.context, *self._places[context.tool_call_id], _ended(call))

    async def on_tool_error(self, error: ToolErrorFormatterArgs[TurnContext]) -> None:
        """Show the call of a tool that does not exist as failed: no other hook hears of it.

        The model is told what the SDK tells it.
        """
        if error.kind == "tool_not_found":
            task = CustomTask(title=when_failed(error.tool_name, {}), icon="info")
            async with self._changing:
                await _begin(error.run_context.context, task)

    def _note_result(self, noted: MCPToolCustomDataContext) -> None:
        assert isinstance(noted.run_context, ToolContext)
        call = self._calls[noted.run_context.tool_call_id]
        call.failed, call.result = bool(noted.is_error), noted.structured_content or {}


async def _begin(turn: TurnContext, task: CustomTask) -> tuple[WorkflowItem, int]:
    """Show a task in the turn's workflow, or in a new one; where it stands."""
    item = _open_workflow(turn)
    if item is None:
        await turn.start_workflow(Workflow(type="custom", tasks=[task]))
        item = _open_workflow(turn)
        assert item is not None
        return item, 0
    tasks = item.workflow.tasks
    tasks.append(task)
    # The SDK's own way looks for the task by what it holds: of two alike it finds the first.
    added = WorkflowTaskAdded(task=task, task_index=len(tasks) - 1)
    await turn.stream(ThreadItemUpdatedEvent(item_id=item.id, update=added))
    return item, added.task_index


def _open_workflow(turn: TurnContext) -> WorkflowItem | None:
    return turn.workflow_item


async def _end(turn: TurnContext, item: WorkflowItem, index: int, task: CustomTask) -> None:
    item.workflow.tasks[index] = task
    updated = WorkflowTaskUpdated(task=task, task_index=index)
    await turn.stream(ThreadItemUpdatedEvent(item_id=item.id, update=updated))


def _ended(call: Call) -> CustomTask:
    if call.failed:
        return CustomTask(title=when_failed(call.tool, call.arguments), icon="info")
    title = when_done(call.tool, call.arguments, call.result)
    return CustomTask(title=title, status_indicator="complete")


def _arguments(text: str) -> Mapping[str, Any]:
    try:
        return read_arguments(text)
    except BadArguments:
        return {}
