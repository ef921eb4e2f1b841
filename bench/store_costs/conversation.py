"""A conversation of realistic texts, and the store calls of one more turn."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle, islice
from pydoc_data.topics import topics
from typing import TYPE_CHECKING, Any, Protocol

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    ClientToolCallItem,
    InferenceOptions,
    Page,
    ThreadItem,
    ThreadMetadata,
    UserMessageItem,
    UserMessageTextContent,
    WidgetItem,
)
from chatkit.widgets import DynamicWidgetRoot

if TYPE_CHECKING:
    from chatkit.store import StoreItemType

    from chat_api.request_context import RequestContext
    from store_costs.measured import Calls

# Python's own manual: prose with some code, like real answers.
PROSE = " ".join(" ".join(topics[name].split()) for name in sorted(topics))
QUESTION_LENGTH = 400
ANSWER_LENGTH = 2000
# Ten items of a thread: four turns, one with a client tool call and one with a widget.
KINDS = ("question", "answer") * 2 + ("question", "tool", "answer", "question", "widget", "answer")
CREATED = datetime(2026, 11, 21, 9, tzinfo=UTC)


class Conversations(Protocol):
    """The methods of a ChatKit store that a turn and its cleanup use."""

    async def load_thread(self, thread_id: str, context: RequestContext) -> ThreadMetadata: ...

    async def save_thread(self, thread: ThreadMetadata, context: RequestContext) -> None: ...

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: RequestContext
    ) -> Page[ThreadItem]: ...

    async def add_thread_item(
        self, thread_id: str, item: ThreadItem, context: RequestContext
    ) -> None: ...

    async def delete_thread_item(
        self, thread_id: str, item_id: str, context: RequestContext
    ) -> None: ...


class Writer:
    """Creates the items of one thread. The same random numbers create the same texts."""

    def __init__(
        self, thread_id: str, mint: Callable[[StoreItemType], str], numbers: random.Random
    ) -> None:
        self._thread_id = thread_id
        self._mint = mint
        self._numbers = numbers
        self._written = 0

    def items(self, count: int) -> list[ThreadItem]:
        return [self.item(kind) for kind in islice(cycle(KINDS), count)]

    def item(self, kind: str) -> ThreadItem:
        match kind:
            case "question":
                return self._question()
            case "answer":
                text = self.prose(ANSWER_LENGTH)
                content = [AssistantMessageContent(text=text)]
                return AssistantMessageItem(**self._fields("message"), content=content)
            case "tool":
                return ClientToolCallItem(
                    **self._fields("tool_call"),
                    status="completed",
                    call_id=f"call_{self._numbers.getrandbits(96):024x}",
                    name="read_selection",
                    arguments={"around": self.prose(100)},
                    output={"text": self.prose(400)},
                )
            case _:
                return WidgetItem(**self._fields("message"), widget=self._widget())

    def turn_for_model(self) -> list[Any]:
        """Return a turn in the model's format: a question, a tool call, its output, an answer."""
        call = f"call_{self._numbers.getrandbits(96):024x}"
        output = json.dumps([{"title": self.prose(60), "done": False} for _ in range(8)])
        answer = {"type": "output_text", "text": self.prose(ANSWER_LENGTH), "annotations": []}
        return [
            {"role": "user", "content": self.prose(QUESTION_LENGTH)},
            {"type": "function_call", "call_id": call, "name": "list_tasks", "arguments": "{}"},
            {"type": "function_call_output", "call_id": call, "output": output},
            {"type": "message", "role": "assistant", "status": "completed", "content": [answer]},
        ]

    def prose(self, length: int) -> str:
        """Return text of 50% to 150% of this length."""
        varied_length = int(length * self._numbers.uniform(0.5, 1.5))
        start = self._numbers.randrange(len(PROSE) - varied_length)
        return PROSE[start : start + varied_length]

    def _question(self) -> UserMessageItem:
        return UserMessageItem(
            **self._fields("message"),
            content=[UserMessageTextContent(text=self.prose(QUESTION_LENGTH))],
            inference_options=InferenceOptions(),
        )

    def _fields(self, kind: StoreItemType) -> dict[str, Any]:
        self._written += 1
        created = CREATED + timedelta(seconds=self._written)
        return {"id": self._mint(kind), "thread_id": self._thread_id, "created_at": created}

    def _widget(self) -> DynamicWidgetRoot:
        """Return a list of eight tasks with a button each."""
        rows = [
            {
                "type": "Row",
                "key": f"{self._numbers.getrandbits(64):016x}",
                "children": [
                    {"type": "Text", "value": self.prose(60), "size": "sm"},
                    {
                        "type": "Button",
                        "label": "Done",
                        "onClickAction": {"type": "tasks.complete"},
                    },
                ],
            }
            for _ in range(8)
        ]
        return DynamicWidgetRoot.model_validate({"type": "Card", "children": rows})


def turn(
    store: Conversations, question: ThreadItem, answer: ThreadItem, context: RequestContext
) -> Calls:
    """Return the SDK's calls, in order, for one `threads.add_user_message`.

    The server reads 20 items as history, and `stream_agent_response` reads 2.
    """
    thread_id = question.thread_id
    return {
        "thread": partial(store.load_thread, thread_id, context),
        "ask": partial(store.add_thread_item, thread_id, question, context),
        "20 items": partial(store.load_thread_items, thread_id, None, 20, "desc", context),
        "2 items": partial(store.load_thread_items, thread_id, None, 2, "desc", context),
        "answer": partial(store.add_thread_item, thread_id, answer, context),
    }
