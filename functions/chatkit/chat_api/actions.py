"""Actions of widgets: streamed, or answered at once by the widget alone."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from chatkit.actions import Action
from chatkit.agents import ThreadItemConverter
from chatkit.types import (
    HiddenContextItem,
    NoticeEvent,
    SyncCustomActionResponse,
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    WidgetItem,
)

from chat_api.buttons import Pressed, press
from chat_api.context import ChatContext
from chat_api.failures import told
from chat_api.protocol import refusal
from chat_api.shown_tasks import NoTaskList
from chat_api.store.dynamo import DynamoStore
from chat_api.tools.errors import ToolsUnavailable
from chat_api.tools.servers import ToolServers
from chatcore.errors import Conflict, Unavailable
from chatcore.logs import described, logger

NOT_DONE = "That did not work: the task may be gone already. The list shows what there is now."

type Remember = Callable[
    [ThreadMetadata, HiddenContextItem, list[Any], ChatContext], Awaitable[object]
]


class Actions:
    """Does what a button says and lets the model know of it, in the thread and its transcript."""

    def __init__(self, store: DynamoStore, tools: ToolServers, remember: Remember) -> None:
        self._store = store
        self._tools = tools
        self._remember = remember
        self._converter = ThreadItemConverter()

    async def stream(
        self,
        thread: ThreadMetadata,
        action: Action[str, Any],
        sender: WidgetItem,
        context: ChatContext,
    ) -> AsyncGenerator[ThreadStreamEvent]:
        """The widget as it is now; the SDK stores what is streamed."""
        try:
            pressed = await press(self._tools, action, sender, context.user)
        except Exception as error:
            logger.error("action_failed", thread_id=thread.id, **described(error))
            raise told(error) from error
        yield ThreadItemReplacedEvent(item=pressed.widget)
        if hidden := self._hidden(thread, pressed):
            yield ThreadItemDoneEvent(item=hidden)
            await self._tell_model(thread, hidden, context)
        else:
            yield NoticeEvent(level="warning", message=NOT_DONE)

    async def at_once(
        self,
        thread: ThreadMetadata,
        action: Action[str, Any],
        sender: WidgetItem,
        context: ChatContext,
    ) -> SyncCustomActionResponse:
        """The widget as it is now. Raises `Conflict`, or `Unavailable` without the tools."""
        if refused := refusal(thread):
            raise Conflict(refused)
        try:
            pressed = await press(self._tools, action, sender, context.user)
        except (ToolsUnavailable, NoTaskList) as error:
            logger.error("action_failed", thread_id=thread.id, **described(error))
            raise Unavailable(ToolsUnavailable().message) from error
        await self._store.save_item(thread.id, pressed.widget, context)
        if hidden := self._hidden(thread, pressed):
            await self._store.add_thread_item(thread.id, hidden, context)
            await self._tell_model(thread, hidden, context)
        return SyncCustomActionResponse(updated_item=pressed.widget)

    def _hidden(self, thread: ThreadMetadata, pressed: Pressed) -> HiddenContextItem | None:
        if pressed.told is None:
            return None
        return HiddenContextItem(
            id=self._store.mint("sdk_hidden_context"),
            thread_id=thread.id,
            created_at=datetime.now(UTC),
            content=pressed.told,
        )

    async def _tell_model(
        self, thread: ThreadMetadata, hidden: HiddenContextItem, context: ChatContext
    ) -> None:
        turn = list(await self._converter.to_agent_input(hidden))
        await self._remember(thread, hidden, turn, context)
