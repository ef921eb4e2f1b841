"""The widgets that follow an answer."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Sequence
from contextlib import aclosing
from datetime import UTC, datetime

from chatkit.server import diff_widget
from chatkit.types import (
    NoticeEvent,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdate,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
    WidgetItem,
    WidgetRootUpdated,
)
from chatkit.widgets import WidgetRoot

from chat_api.conversation.assistant import ShowWidget, ToolCall, Widget
from chat_api.conversation.turn_context import TurnContext
from chat_api.tools.toolset import Toolset
from chat_api.turns.open_items import settled
from chatcore.logs import described, logger

NOT_SHOWN = "Something that belongs to this answer could not be shown."


async def widgets_after(
    widgets: Sequence[ShowWidget], calls: Sequence[ToolCall], tools: Toolset, turn: TurnContext
) -> AsyncIterator[ThreadStreamEvent]:
    """Yield the events of each widget that is shown after these calls.

    A widget that fails is logged, and a notice takes its place. One that fails while it grows stays
    as it is then.
    """
    for show in widgets:
        shown = _ShownWidget(turn)
        try:
            async with aclosing(shown.events(show(calls, tools))) as events:
                async for event in events:
                    yield event
        except Exception as error:
            logger.error("widget_not_shown", thread_id=turn.thread.id, **described(error))
            for ending in shown.end():
                yield ending
            yield NoticeEvent(level="warning", message=NOT_SHOWN)


class _ShownWidget:
    """A widget that is complete at once, or one that grows."""

    def __init__(self, turn: TurnContext) -> None:
        self._turn = turn
        # What is shown so far of a widget that grows.
        self._item: WidgetItem | None = None

    async def events(
        self, shown: Awaitable[Widget | None] | AsyncGenerator[Widget]
    ) -> AsyncGenerator[ThreadStreamEvent]:
        """Yield the widget's events. Raise what the function that makes it raises."""
        if not isinstance(shown, AsyncGenerator):
            if widget := await shown:
                yield ThreadItemDoneEvent(item=self._new(widget))
            return
        async with aclosing(shown):
            async for state in shown:
                if self._item is None:
                    self._item = self._new(state)
                    yield ThreadItemAddedEvent(item=self._item)
                    continue
                before, self._item = self._item, state.in_item(self._item)
                for update in _updates(before.widget, state.root):
                    yield ThreadItemUpdatedEvent(item_id=self._item.id, update=update)
        for ending in self.end():
            yield ending

    def end(self) -> list[ThreadStreamEvent]:
        """Return the event that ends a widget which grows, as it is now; none for any other."""
        item, self._item = self._item, None
        return [ThreadItemDoneEvent(item=settled(item, whole=True))] if item else []

    def _new(self, widget: Widget) -> WidgetItem:
        return WidgetItem(
            id=self._turn.generate_id("message"),
            thread_id=self._turn.thread.id,
            created_at=datetime.now(UTC),
            widget=widget.root,
            copy_text=widget.copy_text,
        )


def _updates(before: WidgetRoot, after: WidgetRoot) -> Sequence[ThreadItemUpdate]:
    """Return what to send for a change: a text's new words, or else the whole widget.

    The SDK raises for a text that was shortened, and finds nothing in one without an id.
    """
    try:
        updates = diff_widget(before, after)
    except ValueError:
        updates = []
    return updates or ([WidgetRootUpdated(widget=after)] if before != after else [])
