"""The tasks of a turn's workflow, shown while they run."""

from datetime import datetime

from chatkit.types import (
    Task,
    ThreadItemAddedEvent,
    ThreadItemUpdatedEvent,
    Workflow,
    WorkflowItem,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)

from chat_api.conversation.turn_context import TurnContext


async def begin_task(turn: TurnContext, task: Task) -> tuple[WorkflowItem, int]:
    """Show a task in the turn's workflow, or in a new one; return the item and the task's index."""
    item = turn.workflow_item
    if item is None:
        return await _begin_workflow(turn, Workflow(type="custom", tasks=[task])), 0
    tasks = item.workflow.tasks
    tasks.append(task)
    if item.workflow.type == "custom" and len(tasks) == 1:
        # A function tool called `start_workflow` without tasks, and the SDK sends nothing until
        # the first one.
        await turn.stream(ThreadItemAddedEvent(item=item))
        return item, 0
    # Sent directly: the SDK's own method finds a task by its content, so of two equal tasks it
    # would find the first.
    added = WorkflowTaskAdded(task=task, task_index=len(tasks) - 1)
    await turn.stream(ThreadItemUpdatedEvent(item_id=item.id, update=added))
    return item, added.task_index


async def _begin_workflow(turn: TurnContext, workflow: Workflow) -> WorkflowItem:
    """Begin a workflow after everything that was streamed before it.

    The context's own `start_workflow` makes it the current one at once. A message that the model
    wrote before its call may still be waiting, and would end the new workflow.
    """
    item = new_workflow(turn, workflow)
    await turn.stream(ThreadItemAddedEvent(item=item))
    return item


def new_workflow(turn: TurnContext, workflow: Workflow) -> WorkflowItem:
    """Return a workflow's item, which is not sent yet."""
    return WorkflowItem(
        id=turn.generate_id("workflow"),
        thread_id=turn.thread.id,
        # The SDK subtracts this from a naive time.
        created_at=datetime.now(),  # noqa: DTZ005
        workflow=workflow,
    )


async def end_task(turn: TurnContext, item: WorkflowItem, index: int, task: Task) -> None:
    """Show a task of a workflow as it is now, even if the workflow has ended."""
    item.workflow.tasks[index] = task
    updated = WorkflowTaskUpdated(task=task, task_index=index)
    await turn.stream(ThreadItemUpdatedEvent(item_id=item.id, update=updated))
