"""What a turn has produced so far: its answer and its token usage."""

from __future__ import annotations

from dataclasses import dataclass, field

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    EndOfTurnItem,
    HiddenContextItem,
    SDKHiddenContextItem,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadStreamEvent,
    WorkflowItem,
)

from chat_api.model.token_usage import Tokens
from chat_api.pending_items import is_pending
from chat_api.turns.open_items import OpenItems, is_blank


class Answer:
    """What a turn has streamed: the assistant's texts and the open items."""

    def __init__(self) -> None:
        self.open = OpenItems()
        self._done: dict[str, str] = {}
        self._is_shown = False
        # Whether the turn has ended with an item that waits for the page or the person.
        self.is_waiting = False

    def follow(self, event: ThreadStreamEvent) -> None:
        self.open.follow(event)
        if event.type == "thread.item.updated":
            # Most events are updates, hundreds in a turn.
            return
        match event:
            case ThreadItemDoneEvent(item=AssistantMessageItem() as message):
                self._done[message.id] = _text(message)
            case ThreadItemDoneEvent(item=item) if not isinstance(item, _ASIDE):
                self._is_shown = True
                self.is_waiting |= is_pending(item)
            case ThreadItemRemovedEvent(item_id=item_id):
                self._done.pop(item_id, None)

    @property
    def texts(self) -> list[str]:
        """The texts that the person has seen."""
        texts = [*self._done.values(), *map(_text, self.open.messages)]
        return [text for text in texts if text.strip()]

    @property
    def is_empty(self) -> bool:
        """Whether the person has seen no text and no item except progress."""
        return not self.texts and not self._is_shown

    def cut(self) -> AssistantMessageItem | None:
        """Return the unfinished message with its text so far, or None."""
        for message in self.open.messages:
            if not is_blank(message):
                content = [AssistantMessageContent(text=_text(message))]
                return message.model_copy(update={"content": content})
        return None


# Items that accompany an answer.
_ASIDE = (WorkflowItem, HiddenContextItem, SDKHiddenContextItem, EndOfTurnItem)


def _text(message: AssistantMessageItem) -> str:
    return "".join(part.text for part in message.content)


@dataclass(frozen=True)
class TurnState:
    """One turn, which may not have begun: its ids, and what it has produced so far.

    `thread_id` is known before a new thread is stored.
    """

    id: str
    thread_id: str | None = None
    answer: Answer = field(default_factory=Answer, repr=False, compare=False)
    tokens: Tokens = field(default_factory=Tokens, repr=False, compare=False)
