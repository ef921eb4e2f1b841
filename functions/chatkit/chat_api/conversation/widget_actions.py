"""The actions of widgets and of the page: their answers are streamed, or are one JSON answer."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from functools import partial
from typing import Any, Literal

from chatkit.actions import Action
from chatkit.errors import BaseStreamError, CustomStreamError
from chatkit.types import (
    ErrorEvent,
    NoticeEvent,
    StreamOptions,
    StreamOptionsEvent,
    SyncCustomActionResponse,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    WidgetItem,
)

from chat_api.conversation.action_messages import ActionMessages, press_of
from chat_api.conversation.action_outcomes import WIDGET_GONE, ActionOutcomes, Outcome, Pressed
from chat_api.conversation.assistant import ActionRequest, ActionResult, Widget
from chat_api.conversation.declared_actions import DeclaredActions
from chat_api.conversation.thread_changes import change_thread
from chat_api.errors import stream_error
from chat_api.store.dynamo import DynamoStore
from chat_api.tools.errors import ToolsUnavailable
from chat_api.tools.idempotency import digest
from chat_api.tools.toolset import ToolServers
from chatcore.errors import Conflict, NotFound, Unavailable
from chatcore.logs import described, logger


class WidgetActions:
    """Runs an action, then stores its widget and a note for the model.

    A widget that has not changed is not stored again. Once a tool has done its work, no failure is
    reported as if nothing had been done.
    """

    def __init__(
        self,
        store: DynamoStore,
        tools: ToolServers,
        declared: DeclaredActions,
        messages: ActionMessages,
    ) -> None:
        self._store = store
        self._tools = tools
        self._declared = declared
        self._messages = messages
        self._outcomes = ActionOutcomes(store, messages)

    async def stream(self, pressed: Pressed) -> AsyncGenerator[ThreadStreamEvent]:
        """Yield the widget as it is now, and the message to answer.

        Both are stored by then, so the SDK must not store them.
        """
        yield StreamOptionsEvent(stream_options=StreamOptions(allow_cancel=True))
        try:
            outcome = await self._perform(pressed)
        except Exception as error:
            logger.error("action_failed", thread_id=pressed.thread.id, **described(error))
            yield _failure(stream_error(error))
            return
        if outcome.item:
            yield ThreadItemReplacedEvent(item=outcome.item)
        if outcome.notice:
            yield NoticeEvent(level=_level(outcome), message=outcome.notice)
        for item_id in outcome.removed:
            yield ThreadItemRemovedEvent(item_id=item_id)
        if outcome.message:
            yield ThreadItemDoneEvent(item=outcome.message)

    async def at_once(self, pressed: Pressed) -> SyncCustomActionResponse:
        """Return the widget as it is now. It contains any notice: the answer has no other part.

        Raise `Unavailable` when nothing was done because the tools cannot be reached, `NotFound`
        when the widget is gone, and `Conflict` when an action without a widget was not done.
        """
        thread = pressed.thread
        try:
            outcome = await self._perform(pressed)
        except ToolsUnavailable as error:
            logger.error("action_failed", thread_id=thread.id, **described(error))
            raise Unavailable(ToolsUnavailable().message) from error
        if outcome.is_gone:
            raise NotFound(outcome.notice or WIDGET_GONE)
        if outcome.item is None and not outcome.result.is_done:
            raise Conflict(outcome.result.message)
        item = outcome.item and _with_notice(thread, outcome, outcome.item)
        return SyncCustomActionResponse(updated_item=item)

    async def _perform(self, pressed: Pressed) -> Outcome:
        """Do the action. Raise errors from before it was done; report later ones in the outcome.

        An action that was done by a process that died before the answer is not done again.
        """
        declared = self._declared.of(pressed.action)
        payload = self._declared.payload(pressed.action)
        thread, context = pressed.thread, pressed.context
        press = press_of(pressed.action, pressed.sender)
        if declared.starts_answer and (lost := await self._messages.lost(thread, press, context)):
            nothing = ActionResult(None, "")
            return Outcome(None, nothing, message=lost.message, removed=lost.removed)
        async with self._tools.connect(context.user) as tools:
            request = ActionRequest(
                payload,
                pressed.sender,
                tools,
                await self._key(pressed),
                thread,
                partial(change_thread, thread, self._store, context),
            )
            result = await declared.handle(request)
            if result.ask and not declared.starts_answer:
                logger.error("action_starts_no_answer", action=pressed.action.type)
                result = replace(result, ask=None)
            return await self._outcomes.keep(pressed, press, result, tools)

    async def _key(self, pressed: Pressed) -> str:
        """Return the idempotency key of an action: until it changes, the same action is a repeat.

        It changes with the stored widget; without a widget, with the thread's newest item.
        """
        if pressed.sender:
            return action_key(pressed.action, pressed.sender)
        thread_id = pressed.thread.id
        page = await self._store.load_thread_items(thread_id, None, 1, "desc", pressed.context)
        newest = page.data[0].id if page.data else thread_id
        return f"{newest}/{press_of(pressed.action, None)}"


def action_key(action: Action[str, Any], sender: WidgetItem) -> str:
    """Return the idempotency key of an action of a widget.

    It is the same until the stored widget changes: until then, the same action is a repeat.
    """
    content = digest(action.type, action.payload, sender.model_dump(mode="json"))
    return f"{sender.id}/{content}"


def _level(outcome: Outcome) -> Literal["info", "warning"]:
    """Return how urgent a notice is. Beside a new widget, only what went wrong has one."""
    is_done = outcome.result.is_done and not outcome.is_gone
    return "info" if is_done and outcome.result.widget is None else "warning"


def _with_notice(thread: ThreadMetadata, outcome: Outcome, item: WidgetItem) -> WidgetItem:
    """Return the item with the notice in it. The action is done, so a failure is only logged."""
    if outcome.notice is None:
        return item
    try:
        shown = outcome.result.with_notice(outcome.notice)
        shown = shown or Widget(item.widget, item.copy_text).with_line(outcome.notice)
        return shown.in_item(item)
    except Exception as error:
        logger.error("notice_not_shown", thread_id=thread.id, **described(error))
        return item


def _failure(error: BaseStreamError) -> ErrorEvent:
    message = error.message if isinstance(error, CustomStreamError) else None
    return ErrorEvent(message=message, allow_retry=error.allow_retry)
