"""What the operations for actions answer: the changed widget, and the answer that an action starts.

Locked and closed threads are refused here, because an action may be declared for them.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

from chatkit.actions import Action
from chatkit.types import (
    ErrorEvent,
    NoticeEvent,
    Page,
    StreamOptionsEvent,
    SyncCustomActionResponse,
    Thread,
    ThreadItem,
    ThreadItemDoneEvent,
    ThreadMetadata,
    ThreadsCustomActionReq,
    ThreadsSyncCustomActionReq,
    ThreadStreamEvent,
    ThreadUpdatedEvent,
    WidgetItem,
)

from chat_api.conversation.action_outcomes import Pressed
from chat_api.conversation.declared_actions import DeclaredActions
from chat_api.conversation.sdk_server import refusal
from chat_api.conversation.widget_actions import WidgetActions
from chat_api.own_items import ActionMessage, as_shown
from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chatcore.errors import Conflict

# Streams the answer to an action's message, which is stored.
type AnswerMessage = Callable[
    [ThreadMetadata, ActionMessage, RequestContext], AsyncGenerator[ThreadStreamEvent]
]


class ActionAnswers:
    """Answers `threads.custom_action` and `threads.sync_custom_action`."""

    def __init__(
        self,
        store: DynamoStore,
        actions: WidgetActions,
        declared: DeclaredActions,
        answer: AnswerMessage,
    ) -> None:
        self._store = store
        self._actions = actions
        self._declared = declared
        self._answer = answer

    def check(self, request: ThreadsCustomActionReq | ThreadsSyncCustomActionReq) -> None:
        """Raise `InvalidRequest` for what neither a widget of the assistant nor the page sends."""
        self._declared.check(request)

    def opens_turn(self, request: ThreadsCustomActionReq) -> bool:
        """Return whether an action may start an answer."""
        return self._declared.starts_answer(request.params.action)

    async def stream(
        self, thread: ThreadMetadata, request: ThreadsCustomActionReq, context: RequestContext
    ) -> AsyncGenerator[ThreadStreamEvent]:
        """Yield what an action shows, then the answer that it starts."""
        if refused := self._refusal(thread, request.params.action):
            yield NoticeEvent(level="warning", message=refused)
            return
        sender: ThreadItem | None = None
        if request.params.item_id:
            sender = await self._store.load_item(thread.id, request.params.item_id, context)
        assert isinstance(sender, WidgetItem | None)
        before = thread.model_copy(deep=True)
        asked: ActionMessage | None = None
        acting = self._actions.stream(Pressed(thread, request.params.action, sender, context))
        async with aclosing(acting):
            async for event in acting:
                if isinstance(event, ThreadItemDoneEvent):
                    assert isinstance(event.item, ActionMessage)
                    asked = event.item
                else:
                    yield event
        if thread != before:
            yield _updated(thread)
        if asked:
            async with aclosing(self._answered(thread, asked, context)) as events:
                async for event in events:
                    yield event

    async def at_once(
        self,
        thread: ThreadMetadata,
        action: Action[str, Any],
        sender: WidgetItem | None,
        context: RequestContext,
    ) -> SyncCustomActionResponse:
        """Return the changed widget. Raise `Conflict` in a locked or closed thread.

        Also raise what `WidgetActions.at_once` raises.
        """
        if refused := self._refusal(thread, action):
            raise Conflict(refused)
        return await self._actions.at_once(Pressed(thread, action, sender, context))

    async def _answered(
        self, thread: ThreadMetadata, asked: ActionMessage, context: RequestContext
    ) -> AsyncGenerator[ThreadStreamEvent]:
        """Yield an action's message, unless it is hidden, and the answer to it.

        A hidden message is not offered to be answered again: a page would name the visible message
        before it. The same action again is another try.
        """
        if not asked.is_hidden:
            yield ThreadItemDoneEvent(item=as_shown(asked))
        if refused := refusal(thread):
            yield NoticeEvent(level="warning", message=refused)
            return
        async with aclosing(self._answer(thread, asked, context)) as events:
            async for event in events:
                if isinstance(event, ErrorEvent) and asked.is_hidden:
                    event.allow_retry = False
                # The action has sent these already.
                if not isinstance(event, StreamOptionsEvent):
                    yield event

    def _refusal(self, thread: ThreadMetadata, action: Action[str, Any]) -> str | None:
        return None if self._declared.in_closed_thread(action) else refusal(thread)


def _updated(thread: ThreadMetadata) -> ThreadUpdatedEvent:
    return ThreadUpdatedEvent(
        thread=Thread(**thread.model_dump(exclude={"metadata"}), items=Page())
    )
