"""The widgets that follow an answer."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

from chatkit.types import NoticeEvent, ThreadItemDoneEvent, ThreadStreamEvent, WidgetItem

from chat_api.conversation.assistant import ShowWidget, ToolCall
from chat_api.conversation.turn_context import TurnContext
from chat_api.tools.toolset import Toolset
from chatcore.logs import described, logger

NOT_SHOWN = "Something that belongs to this answer could not be shown."


async def widgets_after(
    widgets: Sequence[ShowWidget], calls: Sequence[ToolCall], tools: Toolset, turn: TurnContext
) -> AsyncIterator[ThreadStreamEvent]:
    """Yield an event for each widget that is shown after these calls.

    A widget that fails is logged, and a notice takes its place.
    """
    for show in widgets:
        try:
            widget = await show(calls, tools)
            event = (
                ThreadItemDoneEvent(
                    item=WidgetItem(
                        id=turn.generate_id("message"),
                        thread_id=turn.thread.id,
                        created_at=datetime.now(UTC),
                        widget=widget.root,
                        copy_text=widget.copy_text,
                    )
                )
                if widget
                else None
            )
        except Exception as error:
            logger.error("widget_not_shown", thread_id=turn.thread.id, **described(error))
            yield NoticeEvent(level="warning", message=NOT_SHOWN)
        else:
            if event:
                yield event
