"""The widgets that an answer is followed by."""

from collections.abc import AsyncIterator, Sequence

from agents.mcp import MCPServer
from chatkit.types import NoticeEvent, ThreadStreamEvent

from chat_api.conversation.tool_progress import ToolCall
from chat_api.conversation.turn_context import TurnContext
from chatcore.logs import described, logger
from task_assistant.task_list import show_tasks

# Each makes an item of the calls that were made in the answer, or returns None.
WIDGETS = [show_tasks]
NOT_SHOWN = "Something that belongs to this answer could not be shown."


async def widgets_after(
    calls: Sequence[ToolCall], tools: MCPServer, turn: TurnContext
) -> AsyncIterator[ThreadStreamEvent]:
    """Yield what there is to show after these calls. The answer does not depend on it."""
    for show in WIDGETS:
        try:
            shown = await show(calls, tools, turn)
        except Exception as error:
            logger.error("widget_not_shown", thread_id=turn.thread.id, **described(error))
            yield NoticeEvent(level="warning", message=NOT_SHOWN)
        else:
            if shown:
                yield shown
