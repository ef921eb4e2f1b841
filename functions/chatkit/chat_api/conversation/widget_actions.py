"""The actions of widgets: their answers are streamed, or are the updated widget alone."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any

from chatkit.actions import Action
from chatkit.errors import BaseStreamError, CustomStreamError
from chatkit.store import NotFoundError
from chatkit.types import (
    ErrorEvent,
    NoticeEvent,
    StreamOptions,
    StreamOptionsEvent,
    SyncCustomActionResponse,
    ThreadItemReplacedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    WidgetItem,
)
from pydantic import BaseModel, ValidationError

from chat_api.conversation.assistant import ActionRequest, ActionResult, WidgetAction
from chat_api.conversation.sdk_server import refusal
from chat_api.errors import stream_error
from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.store.items import ItemChanged
from chat_api.tools.errors import ToolsUnavailable
from chat_api.tools.idempotency import digest
from chat_api.tools.toolset import ToolServers, Toolset
from chatcore.errors import Conflict, InvalidRequest, NotFound, Unavailable
from chatcore.logs import described, logger

NOT_KEPT = "This could not be saved: after a reload, an older state may be shown."
WIDGET_GONE = "What you used is no longer part of this conversation."
# Another try follows only when another action's widget was stored in between.
TRIES = 4


@dataclass(frozen=True)
class Outcome:
    """The item to show, None if it is gone, and a notice that the user must see beside it."""

    item: WidgetItem | None
    result: ActionResult
    notice: str | None = None


class WidgetActions:
    """Runs an action, then stores its widget and a note for the model.

    A widget that has not changed is not stored again. Once a tool has done its work, no failure is
    reported as if nothing had been done.
    """

    def __init__(
        self,
        store: DynamoStore,
        tools: ToolServers,
        actions: Mapping[str, WidgetAction[Any]],
    ) -> None:
        self._store = store
        self._tools = tools
        self._actions = actions

    def check(self, action: Action[str, Any]) -> None:
        """Raise `InvalidRequest` for an action that no widget of the assistant sends."""
        self._payload(action)

    async def stream(
        self,
        thread: ThreadMetadata,
        action: Action[str, Any],
        sender: WidgetItem,
        context: RequestContext,
    ) -> AsyncGenerator[ThreadStreamEvent]:
        """Yield the widget as it is now. It is stored by then, so the SDK must not store it."""
        yield StreamOptionsEvent(stream_options=StreamOptions(allow_cancel=True))
        try:
            outcome = await self._perform(thread, action, sender, context)
        except Exception as error:
            logger.error("action_failed", thread_id=thread.id, **described(error))
            yield _failure(stream_error(error))
            return
        if outcome.item:
            yield ThreadItemReplacedEvent(item=outcome.item)
        if outcome.notice:
            yield NoticeEvent(level="warning", message=outcome.notice)

    async def at_once(
        self,
        thread: ThreadMetadata,
        action: Action[str, Any],
        sender: WidgetItem,
        context: RequestContext,
    ) -> SyncCustomActionResponse:
        """Return the widget as it is now. It contains any notice: the answer has no other part.

        Raise `Conflict` in a locked or closed thread, `Unavailable` when nothing was done because
        the tools cannot be reached, and `NotFound` when the widget is gone.
        """
        if refused := refusal(thread):
            raise Conflict(refused)
        try:
            outcome = await self._perform(thread, action, sender, context)
        except ToolsUnavailable as error:
            logger.error("action_failed", thread_id=thread.id, **described(error))
            raise Unavailable(ToolsUnavailable().message) from error
        if outcome.item is None:
            raise NotFound(outcome.notice or WIDGET_GONE)
        return SyncCustomActionResponse(updated_item=_with_notice(thread, outcome, outcome.item))

    async def _perform(
        self,
        thread: ThreadMetadata,
        action: Action[str, Any],
        sender: WidgetItem,
        context: RequestContext,
    ) -> Outcome:
        """Do the action. Raise errors from before it was done; report later ones in the outcome."""
        payload = self._payload(action)
        async with self._tools.connect(context.user) as tools:
            result = await self._actions[action.type].handle(
                ActionRequest(payload, sender, tools, action_key(action, sender))
            )
            if result.is_done or _replaces(result, sender):
                outcome = await self._keep(thread, sender, result, tools, context)
            else:
                outcome = Outcome(result.widget.in_item(sender), result, result.message)
        # The note is added even if the widget is gone: the thread remains, and the action is done.
        if result.note and not await self._note(thread, result.note, context):
            return _without_widget(result)
        return outcome

    async def _keep(
        self,
        thread: ThreadMetadata,
        sender: WidgetItem,
        result: ActionResult,
        tools: Toolset,
        context: RequestContext,
    ) -> Outcome:
        """Replace the stored widget that was used, unless it was deleted."""
        try:
            for _ in range(TRIES):
                item = result.widget.in_item(sender)
                try:
                    await self._store.replace_item(thread.id, item, context)
                except ItemChanged:
                    # Another action has changed the widget. Show what both have done.
                    result = await result.refreshed(tools)
                else:
                    return Outcome(item, result, None if result.is_done else result.message)
        except NotFoundError:
            return _without_widget(result)
        except Exception as error:
            logger.error("widget_not_kept", thread_id=thread.id, **described(error))
        item = result.widget.in_item(sender)
        return Outcome(item, result, f"{result.message} {NOT_KEPT}")

    async def _note(self, thread: ThreadMetadata, note: str, context: RequestContext) -> bool:
        """Add a note for the model, and return whether the thread still exists.

        The action is already done, so a failure is only logged.
        """
        try:
            await self._store.add_note(thread.id, note, context)
        except NotFoundError:
            return False
        except Exception as error:
            logger.error("action_not_noted", thread_id=thread.id, **described(error))
        return True

    def _payload(self, action: Action[str, Any]) -> BaseModel:
        """Return what the widget sent. Raise `InvalidRequest` if no widget of ours sends it."""
        known = self._actions.get(action.type)
        if known is None:
            raise InvalidRequest("This assistant has no such action.")
        try:
            payload: BaseModel = known.payload.model_validate(action.payload)
        except ValidationError:
            raise InvalidRequest("params.action.payload: does not fit this action") from None
        return payload


def action_key(action: Action[str, Any], sender: WidgetItem) -> str:
    """Return the idempotency key of an action.

    It is the same until the stored widget changes: until then, the same action is a repeat.
    """
    content = digest(action.type, action.payload, sender.model_dump(mode="json"))
    return f"{sender.id}/{content}"


def _replaces(result: ActionResult, sender: WidgetItem) -> bool:
    """Return whether the stored widget shows an older state and has to be replaced.

    It stays while the outcome is unknown, so that the same action again is a repeat.
    """
    if result.is_done is None:
        return False
    return _stored_form(result.widget.in_item(sender)) != _stored_form(sender)


def _stored_form(item: WidgetItem) -> dict[str, Any]:
    """Return a form in which a new widget equals the same widget read from a row."""
    return item.model_dump(mode="json", exclude_none=True)


def _with_notice(thread: ThreadMetadata, outcome: Outcome, item: WidgetItem) -> WidgetItem:
    """Return the item with the notice in it. The action is done, so a failure is only logged."""
    if outcome.notice is None:
        return item
    try:
        return outcome.result.with_notice(outcome.notice).in_item(item)
    except Exception as error:
        logger.error("notice_not_shown", thread_id=thread.id, **described(error))
        return item


def _without_widget(result: ActionResult) -> Outcome:
    return Outcome(None, result, f"{result.message} {WIDGET_GONE}")


def _failure(error: BaseStreamError) -> ErrorEvent:
    message = error.message if isinstance(error, CustomStreamError) else None
    return ErrorEvent(message=message, allow_retry=error.allow_retry)
