"""What came of an action: its widget, its note and the message that it asks, all stored."""

from dataclasses import dataclass, replace
from typing import Any

from chatkit.actions import Action
from chatkit.store import NotFoundError
from chatkit.types import ThreadMetadata, WidgetItem

from chat_api.conversation.action_messages import ActionMessages
from chat_api.conversation.assistant import ActionResult
from chat_api.conversation.sdk_server import refusal
from chat_api.own_items import ActionMessage
from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.store.items import ItemChanged
from chat_api.tools.toolset import Toolset
from chatcore.logs import described, logger
from chatcore.shielded import run_to_completion

NOT_KEPT = "This could not be saved: after a reload, an older state may be shown."
NOT_ASKED = "The assistant could not be asked about it. Please write a message instead."
WIDGET_GONE = "What you used is no longer part of this conversation."
# Another try follows only when another action's widget was stored in between.
TRIES = 4


@dataclass(frozen=True)
class Pressed:
    """An action that was sent, by which widget, if any, and in which thread."""

    thread: ThreadMetadata
    action: Action[str, Any]
    sender: WidgetItem | None
    context: RequestContext


@dataclass(frozen=True)
class Outcome:
    """The item to show, if there is one, and a notice that the user must see beside it.

    `is_gone` is set if the widget was deleted meanwhile. `message` is the one to answer, and
    `removed` are the ids of what an earlier process showed of its answer.
    """

    item: WidgetItem | None
    result: ActionResult
    notice: str | None = None
    is_gone: bool = False
    message: ActionMessage | None = None
    removed: tuple[str, ...] = ()


class ActionOutcomes:
    """Stores what an action changed. The action is done, so a failure is only reported."""

    def __init__(self, store: DynamoStore, messages: ActionMessages) -> None:
        self._store = store
        self._messages = messages

    @run_to_completion
    async def keep(
        self, pressed: Pressed, press: str, result: ActionResult, tools: Toolset
    ) -> Outcome:
        """Store what came of an action that is done, even if the turn is stopped meanwhile.

        The message that it asks comes first: after that, a repeat finds it if this process dies.
        """
        thread, context = pressed.thread, pressed.context
        message, is_lost = None, False
        if (ask := result.ask) and not refusal(thread):
            try:
                message = await self._messages.add(
                    thread, ask, note=result.note, press=press, context=context
                )
            except NotFoundError:
                # The thread was deleted meanwhile.
                return without_widget(result)
            except Exception as error:
                logger.error("action_not_asked", thread_id=thread.id, **described(error))
                is_lost = True
        outcome = replace(await self._widget(pressed, result, tools), message=message)
        if is_lost:
            notice = f"{outcome.notice or result.message} {NOT_ASKED}".strip()
            outcome = replace(outcome, notice=notice)
        # The note is added even if the widget is gone: the thread remains, and the action is done.
        # A message has the note already.
        if result.note and message is None and not await self._note(thread, result.note, context):
            return without_widget(result)
        return outcome

    async def _widget(self, pressed: Pressed, result: ActionResult, tools: Toolset) -> Outcome:
        sender = pressed.sender
        if sender is None:
            return Outcome(None, result, result.message or None)
        if result.widget and (result.is_done or _replaces(result, sender)):
            return await self._replace(pressed, sender, result, tools)
        is_clear = result.is_done and result.widget
        notice = None if is_clear else result.message or None
        return Outcome(item_of(result, sender), result, notice)

    async def _replace(
        self, pressed: Pressed, sender: WidgetItem, result: ActionResult, tools: Toolset
    ) -> Outcome:
        """Replace the stored widget that was used, unless it was deleted."""
        thread = pressed.thread
        try:
            for _ in range(TRIES):
                item = item_of(result, sender)
                try:
                    await self._store.replace_item(thread.id, item, pressed.context)
                except ItemChanged:
                    # Another action has changed the widget. Show what both have done.
                    result = await result.refreshed(tools)
                else:
                    return Outcome(item, result, None if result.is_done else result.message)
        except NotFoundError:
            return without_widget(result)
        except Exception as error:
            logger.error("widget_not_kept", thread_id=thread.id, **described(error))
        return Outcome(item_of(result, sender), result, f"{result.message} {NOT_KEPT}")

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


def item_of(result: ActionResult, sender: WidgetItem) -> WidgetItem:
    return result.widget.in_item(sender) if result.widget else sender


def _replaces(result: ActionResult, sender: WidgetItem) -> bool:
    """Return whether the stored widget shows an older state and has to be replaced.

    It stays while the outcome is unknown, so that the same action again is a repeat.
    """
    if result.is_done is None:
        return False
    return _stored_form(item_of(result, sender)) != _stored_form(sender)


def _stored_form(item: WidgetItem) -> dict[str, Any]:
    """Return a form in which a new widget equals the same widget read from a row."""
    return item.model_dump(mode="json", exclude_none=True)


def without_widget(result: ActionResult) -> Outcome:
    return Outcome(None, result, f"{result.message} {WIDGET_GONE}".strip(), is_gone=True)
