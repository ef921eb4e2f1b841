"""The items of a stream that have begun and not ended, and how each of them ends."""

from collections.abc import Iterable
from datetime import datetime

from chatkit.types import (
    AssistantMessageItem,
    ClientToolCallItem,
    CustomSummary,
    DurationSummary,
    GeneratedImageItem,
    Task,
    TaskItem,
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadStreamEvent,
    WidgetItem,
    WorkflowItem,
)
from chatkit.widgets import WidgetRoot

from chat_api.turns.item_updates import apply_update, components

INTERRUPTED = "Interrupted"


class OpenItems:
    """Tracks the open items of a stream. An item that ended with a loading task counts as open."""

    def __init__(self) -> None:
        self._begun: dict[str, ThreadItem] = {}
        self._loading: dict[str, ThreadItem] = {}

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._begun

    @property
    def messages(self) -> list[AssistantMessageItem]:
        """The open messages of the assistant, each with its text so far."""
        return [item for item in self._begun.values() if isinstance(item, AssistantMessageItem)]

    def follow(self, event: ThreadStreamEvent) -> None:
        """Update the open items with an event that was streamed."""
        if event.type == "thread.item.updated":
            # Most events are updates, hundreds in a turn.
            if begun := self._begun.get(event.item_id):
                apply_update(begun, event.update)
            return
        match event:
            case ThreadItemAddedEvent(item=item):
                # The SDK keeps changing its own object.
                self._begun[item.id] = item.model_copy(deep=True)
            case ThreadItemDoneEvent(item=item) | ThreadItemReplacedEvent(item=item):
                self._close(item.id)
                if _is_loading(item):
                    self._loading[item.id] = item.model_copy(deep=True)
            case ThreadItemRemovedEvent(item_id=item_id):
                self._close(item_id)

    def endings(self, *, whole: bool) -> list[ThreadStreamEvent]:
        """Return the events that end the open items; `whole` is False when the answer was cut.

        What the user has seen of an item is kept. An item that shows nothing is removed.
        """
        ended = [_ending(item, whole=whole) for item in self._begun.values()]
        return [
            *ended,
            *(
                ThreadItemReplacedEvent(item=settled(item, whole=whole))
                for item in self._loading.values()
            ),
        ]

    def _close(self, item_id: str) -> None:
        self._begun.pop(item_id, None)
        self._loading.pop(item_id, None)


def is_blank(message: AssistantMessageItem) -> bool:
    """Return whether a message has no text to read."""
    return not any(part.text.strip() for part in message.content)


def settled(item: ThreadItem, *, whole: bool) -> ThreadItem:
    """Return the item as finished: nothing in it is loading."""
    match item:
        case WorkflowItem(workflow=workflow):
            tasks = [_stopped(task) for task in workflow.tasks]
            summary = workflow.summary or _summary(item, whole=whole)
            changes = {"tasks": tasks, "summary": summary, "expanded": False}
            return item.model_copy(update={"workflow": workflow.model_copy(update=changes)})
        case TaskItem(task=task):
            return item.model_copy(update={"task": _stopped(task)})
        case WidgetItem(widget=widget):
            return item.model_copy(update={"widget": _without_streaming(widget)})
        case _:
            return item


def summarized(item: WorkflowItem) -> WorkflowItem:
    """Return a workflow that has ended, although some of its tools may still be running."""
    summary = item.workflow.summary or _summary(item, whole=True)
    item.workflow.summary = summary
    item.workflow.expanded = False
    return item


def _ending(item: ThreadItem, *, whole: bool) -> ThreadStreamEvent:
    match item:
        case AssistantMessageItem() if is_blank(item):
            return ThreadItemRemovedEvent(item_id=item.id)
        # The result of a pending call would never arrive.
        case GeneratedImageItem(image=None) | ClientToolCallItem():
            return ThreadItemRemovedEvent(item_id=item.id)
        case _:
            return ThreadItemDoneEvent(item=settled(item, whole=whole))


def _summary(item: WorkflowItem, *, whole: bool) -> CustomSummary | DurationSummary:
    if not whole and (item.workflow.type == "reasoning" or _is_loading(item)):
        return CustomSummary(title=INTERRUPTED)
    since = datetime.now(item.created_at.tzinfo) - item.created_at
    return DurationSummary(duration=max(0, int(since.total_seconds())))


def _stopped(task: Task) -> Task:
    if task.status_indicator != "loading":
        return task
    return task.model_copy(update={"status_indicator": "none"})


def _without_streaming(widget: WidgetRoot) -> WidgetRoot:
    """Return the widget with its texts as they are: a client would wait for more."""
    ended = widget.model_copy(deep=True)
    for component in components(ended):
        if getattr(component, "streaming", None) is True:
            component.streaming = False
    return ended


def _is_loading(item: ThreadItem) -> bool:
    match item:
        case WorkflowItem(workflow=workflow):
            tasks: Iterable[Task] = workflow.tasks
        case TaskItem(task=task):
            tasks = [task]
        case _:
            return False
    return any(task.status_indicator == "loading" for task in tasks)
