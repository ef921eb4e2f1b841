"""What one run of the agent leaves behind: for the thread, and for the model's next turn."""

from typing import Any

from agents import RunResultStreaming, TResponseInputItem
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
)


class UnfinishedMessage:
    """The assistant message that is being streamed, as far as it has come."""

    def __init__(self) -> None:
        self._item: AssistantMessageItem | None = None
        self._text = ""

    def follow(self, event: ThreadStreamEvent) -> None:
        match event:
            case ThreadItemAddedEvent(item=AssistantMessageItem() as item):
                self._item, self._text = item, ""
            case ThreadItemUpdatedEvent(update=AssistantMessageContentPartTextDelta(delta=delta)):
                self._text += delta
            case ThreadItemDoneEvent(item=AssistantMessageItem()):
                self._item, self._text = None, ""

    @property
    def text(self) -> str:
        return self._text

    def cut(self) -> AssistantMessageItem | None:
        """The message with the text so far, or None when there is nothing to keep."""
        if self._item is None or not self._text.strip():
            return None
        content = [AssistantMessageContent(text=self._text)]
        return self._item.model_copy(update={"content": content})


def turn_for_model(
    said: list[TResponseInputItem], result: RunResultStreaming, given: int, cut_text: str
) -> list[Any]:
    """The turn as the model is to see it again: the message, then whole pairs only.

    `given` is how many input items the run began with. Ids are left out: the endpoint keeps
    nothing (`store=False`), so it could not resolve them, and a reasoning item without its
    encrypted content is of no use to it.
    """
    made: list[dict[str, Any]] = [dict(item) for item in result.to_input_list()[given:]]
    answered = {item["call_id"] for item in made if item.get("type") == "function_call_output"}
    asked = {item["call_id"] for item in made if item.get("type") == "function_call"}
    turn: list[Any] = [dict(item) for item in said]
    for item in made:
        kind = item.get("type")
        if kind == "reasoning" and not item.get("encrypted_content"):
            continue
        if kind == "function_call" and item["call_id"] not in answered:
            continue
        if kind == "function_call_output" and item["call_id"] not in asked:
            continue
        turn.append(item if kind == "reasoning" else _without_id(item))
    if cut_text.strip():
        turn.append({"role": "assistant", "content": cut_text})
    return turn


def _without_id(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name != "id"}
