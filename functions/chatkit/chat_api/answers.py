"""What one run of the agent leaves behind: for the thread, and for the model's next turn."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    CustomSummary,
    EndOfTurnItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadStreamEvent,
    WorkflowItem,
)

from chat_api.model.budget import history_bytes
from chat_api.model.fitting import shortened
from chat_api.model.history_input import normalized
from chat_api.model.items import STORED, assistant

if TYPE_CHECKING:
    from agents import RunResultStreaming
    from chatkit.agents import AgentContext


class Answer:
    """The assistant's messages and its tools' work of a turn, as far as they were streamed."""

    def __init__(self) -> None:
        self._done: list[str] = []
        self._item: AssistantMessageItem | None = None
        self._parts: dict[int, str] = {}
        self._workflow: WorkflowItem | None = None

    def follow(self, event: ThreadStreamEvent) -> None:
        # Nearly all events are such, hundreds in a turn.
        if event.type == "thread.item.updated":
            update = event.update
            if update.type == "assistant_message.content_part.text_delta":
                index = update.content_index
                self._parts[index] = self._parts.get(index, "") + update.delta
            elif update.type == "assistant_message.content_part.done":
                self._parts[update.content_index] = update.content.text
            return
        match event:
            case ThreadItemAddedEvent(item=AssistantMessageItem() as item):
                self._item, self._parts = item, {}
            case ThreadItemDoneEvent(item=AssistantMessageItem(content=content)):
                self._done.append("".join(part.text for part in content))
                self._item, self._parts = None, {}
            case ThreadItemAddedEvent(item=WorkflowItem() as item):
                self._workflow = item
            case ThreadItemDoneEvent(item=WorkflowItem()):
                self._workflow = None

    @property
    def _text(self) -> str:
        return "".join(self._parts.values())

    @property
    def texts(self) -> list[str]:
        """What a person has read of it."""
        return [text for text in [*self._done, self._text] if text.strip()]

    def cut(self) -> AssistantMessageItem | None:
        """The message that was not finished, with its text so far, or None."""
        if self._item is None or not self._text.strip():
            return None
        content = [AssistantMessageContent(text=self._text)]
        return self._item.model_copy(update={"content": content})

    def unfinished(self) -> list[AssistantMessageItem | WorkflowItem]:
        """What was begun and not ended, as it is to be kept."""
        message = self.cut()
        workflow = broken_off(self._workflow) if self._workflow else None
        return [item for item in (workflow, message) if item]


def broken_off(item: WorkflowItem) -> WorkflowItem:
    """A workflow that no more comes to: nothing in it goes on loading."""
    tasks = [
        task.model_copy(update={"status_indicator": "none"})
        if task.status_indicator == "loading"
        else task
        for task in item.workflow.tasks
    ]
    summary = item.workflow.summary or CustomSummary(title="Broken off")
    ended = item.workflow.model_copy(update={"tasks": tasks, "summary": summary, "expanded": False})
    return item.model_copy(update={"workflow": ended})


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
