"""The messages with which actions start answers."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chatkit.actions import Action
from chatkit.agents import ThreadItemConverter
from chatkit.types import (
    InferenceOptions,
    ThreadMetadata,
    UserMessageItem,
    UserMessageTextContent,
    WidgetItem,
)

from chat_api.conversation.assistant import Ask
from chat_api.conversation.replies import newest_turn
from chat_api.conversation.thread_titles import text_of
from chat_api.model.input.hidden_context import hidden_message
from chat_api.own_items import ActionMessage, is_hidden
from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.store.transcript import Transcript
from chat_api.tools.idempotency import digest


@dataclass(frozen=True)
class LostMessage:
    """A message whose answer was lost, and the ids of what was shown of that answer."""

    message: ActionMessage
    removed: tuple[str, ...]


class ActionMessages:
    """Stores them, and finds the one whose answer was lost with its process."""

    def __init__(self, store: DynamoStore, transcript: Transcript) -> None:
        self._store = store
        self._transcript = transcript

    async def add(
        self,
        thread: ThreadMetadata,
        ask: Ask,
        *,
        note: str | None,
        press: str,
        context: RequestContext,
    ) -> ActionMessage:
        """Store what an action asks, as the newest message of the thread."""
        message = ActionMessage(
            id=self._store.mint_action_message(),
            thread_id=thread.id,
            created_at=datetime.now(UTC),
            content=[UserMessageTextContent(text=ask.text)],
            inference_options=InferenceOptions(),
            press=press,
            is_hidden=ask.is_hidden,
            note=note,
        )
        await self._store.add_thread_item(thread.id, message, context)
        return message

    async def lost(
        self, thread: ThreadMetadata, press: str, context: RequestContext
    ) -> LostMessage | None:
        """Return the thread's newest message if the same action wrote it and its turn was lost.

        Then the action has been done, but a process died before it had answered. What is left of
        that answer is deleted. Until another answer is stored, the message counts as lost.
        """
        message, after = await newest_turn(self._store, thread.id, context)
        if not isinstance(message, ActionMessage) or message.press != press:
            return None
        if await self._transcript.has_turn(thread.id, message.id, context):
            return None
        for item in after:
            await self._store.delete_thread_item(thread.id, item.id, context)
        return LostMessage(message, tuple(item.id for item in after if not is_hidden(item)))


def press_of(action: Action[str, Any], sender: WidgetItem | None) -> str:
    """Return the same text for the same action on the same item, however that item changes."""
    return digest(action.type, action.payload, sender.id if sender else None)


async def model_input(converter: ThreadItemConverter, message: UserMessageItem) -> list[Any]:
    """Return a message in the model's format, after the note of the action that wrote it."""
    if not isinstance(message, ActionMessage):
        return list(await converter.to_agent_input(message))
    note = [hidden_message(message.note)] if message.note else []
    if message.is_hidden:
        return [*note, hidden_message(text_of(message))]
    return [*note, *await converter.to_agent_input(message)]
