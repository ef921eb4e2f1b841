"""What one run of the agent leaves behind: for the thread, and for the model's next turn."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

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

from chat_api.model.budget import history_bytes
from chat_api.model.input.fitting import shortened
from chat_api.model.input.items import STORED, assistant
from chat_api.model.input.normalizer import normalized
from chat_api.turns.open_items import OpenItems, is_blank

if TYPE_CHECKING:
    from agents import RunResultStreaming
    from chatkit.agents import AgentContext


class Answer:
    """What a turn has streamed: the assistant's texts, and the items that have not ended."""

    def __init__(self) -> None:
        self.open = OpenItems()
        self._done: dict[str, str] = {}
        self._is_shown = False

    def follow(self, event: ThreadStreamEvent) -> None:
        self.open.follow(event)
        if event.type == "thread.item.updated":
            # Nearly all events are such, hundreds in a turn.
            return
        match event:
            case ThreadItemDoneEvent(item=AssistantMessageItem() as message):
                self._done[message.id] = _text(message)
            case ThreadItemDoneEvent(item=item) if not isinstance(item, _ASIDE):
                self._is_shown = True
            case ThreadItemRemovedEvent(item_id=item_id):
                self._done.pop(item_id, None)

    @property
    def texts(self) -> list[str]:
        """What a person has read of it."""
        texts = [*self._done.values(), *map(_text, self.open.messages)]
        return [text for text in texts if text.strip()]

    @property
    def is_empty(self) -> bool:
        """Whether a person has been given nothing: no text, and no item but the work's."""
        return not self.texts and not self._is_shown

    def cut(self) -> AssistantMessageItem | None:
        """Return the message that is not finished, with its text so far, or None."""
        for message in self.open.messages:
            if not is_blank(message):
                content = [AssistantMessageContent(text=_text(message))]
                return message.model_copy(update={"content": content})
        return None


# Items that come with an answer and are none.
_ASIDE = (WorkflowItem, HiddenContextItem, SDKHiddenContextItem, EndOfTurnItem)


def _text(message: AssistantMessageItem) -> str:
    return "".join(part.text for part in message.content)


def end_of_turn(turn: AgentContext[Any]) -> EndOfTurnItem:
    """The mark that nothing more comes in this turn. It is stored, so that it can take a thumb."""
    return EndOfTurnItem(
        id=turn.generate_id("message"), thread_id=turn.thread.id, created_at=datetime.now(UTC)
    )


def turn_for_model(
    said: list[Any], made: list[Any], texts: list[str], budget: int = history_bytes()
) -> list[Any]:
    """Return a turn as the model is to see it again, of at most `budget` bytes.

    `made` are the model's own items and the tools' results, `texts` what a person has read: a
    message that broke off is in `texts` alone.
    """
    turn = normalized([*said, *made], STORED)
    known = [item["content"] for item in turn if item.get("role") == "assistant"]
    return shortened(turn + [assistant(text) for text in texts if text not in known], budget)


def made_by(result: RunResultStreaming, given: int) -> list[Any]:
    """The items of a run, which began with `given` items of input."""
    return [dict(item) for item in result.to_input_list()[given:]]
