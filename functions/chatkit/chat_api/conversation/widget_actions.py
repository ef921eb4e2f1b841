"""Actions of widgets: streamed, or answered at once by the widget alone."""

from collections.abc import AsyncGenerator
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

from chat_api.conversation.sdk_server import refusal
from chat_api.errors import stream_error
from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.store.items import ItemChanged
from chat_api.tools.errors import ToolsUnavailable
from chat_api.tools.toolset import ToolServers
from chatcore.errors import Conflict, NotFound, Unavailable
from chatcore.logs import described, logger
from task_assistant.actions import Pressed, press, read_again
from task_assistant.task_list import NoTaskList

NOT_KEPT = "The list could not be saved: after a reload, an older one may be shown."
LIST_GONE = "Its list is no longer part of this conversation."
# Another try follows only when another button's list was stored in between.
TRIES = 4


@dataclass(frozen=True)
class Outcome:
    """The widget to show, None where it is gone, and what the person must be told beside it."""

    widget: WidgetItem | None
    pressed: Pressed
    notice: str | None = None


class WidgetActions:
    """Does what a button says, and keeps its list and a note of it for the model.

    A list that is stored as it is now is not written again. Once the tool has done its work, no
    failure is reported as if nothing had been done.
    """

    def __init__(self, store: DynamoStore, tools: ToolServers) -> None:
        self._store = store
        self._tools = tools

    async def stream(
        self,
        thread: ThreadMetadata,
        action: Action[str, Any],
        sender: WidgetItem,
        context: RequestContext,
    ) -> AsyncGenerator[ThreadStreamEvent]:
        """The widget as it is now. All is stored by then: the SDK is to store nothing of it."""
        yield StreamOptionsEvent(stream_options=StreamOptions(allow_cancel=True))
        try:
            outcome = await self._perform(thread, action, sender, context)
        except Exception as error:
            logger.error("action_failed", thread_id=thread.id, **described(error))
            yield _failure(
                stream_error(ToolsUnavailable() if isinstance(error, NoTaskList) else error)
            )
            return
        if outcome.widget:
            yield ThreadItemReplacedEvent(item=outcome.widget)
        if outcome.notice:
            yield NoticeEvent(level="warning", message=outcome.notice)

    async def at_once(
        self,
        thread: ThreadMetadata,
        action: Action[str, Any],
        sender: WidgetItem,
        context: RequestContext,
    ) -> SyncCustomActionResponse:
        """The widget as it is now, with the notice in it: the answer has no other place for one.

        Raises `Conflict` in a thread that takes no more, `Unavailable` when nothing was done for
        want of the tools, `NotFound` when the list is gone.
        """
        if refused := refusal(thread):
            raise Conflict(refused)
        try:
            outcome = await self._perform(thread, action, sender, context)
        except (ToolsUnavailable, NoTaskList) as error:
            logger.error("action_failed", thread_id=thread.id, **described(error))
            raise Unavailable(ToolsUnavailable().message) from error
        if outcome.widget is None:
            raise NotFound(outcome.notice or LIST_GONE)
        shown = outcome.widget
        if outcome.notice:
            shown = outcome.pressed.item(shown, outcome.notice)
        return SyncCustomActionResponse(updated_item=shown)

    async def _perform(
        self,
        thread: ThreadMetadata,
        action: Action[str, Any],
        sender: WidgetItem,
        context: RequestContext,
    ) -> Outcome:
        """Raise what failed before the tool was called; report all else as an outcome."""
        pressed = await press(self._tools, action, sender, context.user)
        if pressed.is_done or pressed.outdates(sender):
            outcome = await self._keep(thread, sender, pressed, context)
        else:
            outcome = Outcome(pressed.item(sender), pressed, pressed.said)
        # Also when only the list is gone: the thread goes on, and the task is done.
        if pressed.note and not await self._note(thread, pressed.note, context):
            return _without_list(pressed)
        return outcome

    async def _keep(
        self, thread: ThreadMetadata, sender: WidgetItem, pressed: Pressed, context: RequestContext
    ) -> Outcome:
        """Store the list over the one that was pressed, unless that is deleted."""
        try:
            for _ in range(TRIES):
                widget = pressed.item(sender)
                try:
                    await self._store.replace_item(thread.id, widget, context)
                except ItemChanged:
                    # So that neither list hides what the other's button has done.
                    pressed = await read_again(self._tools, pressed, context.user)
                else:
                    return Outcome(widget, pressed, None if pressed.is_done else pressed.said)
        except NotFoundError:
            return _without_list(pressed)
        except Exception as error:
            logger.error("widget_not_kept", thread_id=thread.id, **described(error))
        return Outcome(pressed.item(sender), pressed, f"{pressed.said} {NOT_KEPT}")

    async def _note(self, thread: ThreadMetadata, note: str, context: RequestContext) -> bool:
        """Let the model know, and return whether the thread is still there.

        The person has the answer already: a failure is logged.
        """
        try:
            await self._store.add_note(thread.id, note, context)
        except NotFoundError:
            return False
        except Exception as error:
            logger.error("action_not_noted", thread_id=thread.id, **described(error))
        return True


def _without_list(pressed: Pressed) -> Outcome:
    return Outcome(None, pressed, f"{pressed.said} {LIST_GONE}")


def _failure(error: BaseStreamError) -> ErrorEvent:
    message = error.message if isinstance(error, CustomStreamError) else None
    return ErrorEvent(message=message, allow_retry=error.allow_retry)
