"""The earlier turns that the model receives, and what it receives of this one later."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chatkit.agents import AgentContext
from chatkit.types import (
    AssistantMessageItem,
    EndOfTurnItem,
    HiddenContextItem,
    SDKHiddenContextItem,
    StructuredInputItem,
    ThreadItem,
    ThreadItemDoneEvent,
    ThreadStreamEvent,
    UserMessageItem,
)

from chat_api.conversation.action_messages import model_input
from chat_api.conversation.call_results import abandoned_results
from chat_api.conversation.message_converter import MessageConverter
from chat_api.conversation.replies import Replies
from chat_api.model.budget import history_bytes
from chat_api.model.input.hidden_context import hidden_message
from chat_api.model.input.input_format import STORED
from chat_api.model.input.items import assistant_message
from chat_api.model.input.normalizer import normalized
from chat_api.model.input.trimming import newest_turns, shortened
from chat_api.own_items import EndMark
from chat_api.pending_items import is_pending
from chat_api.request_context import RequestContext
from chat_api.store.earlier_turns import Earlier
from chat_api.store.transcript import Transcript


@dataclass(frozen=True)
class Past:
    """The turns before a message, in the model's format.

    `events` show the end of what waited in them.
    """

    turns: list[Any]
    events: list[ThreadStreamEvent]


class History:
    """The newest turns that fit a budget of tokens. The oldest of them may be shortened."""

    def __init__(self, transcript: Transcript, replies: Replies) -> None:
        self._transcript = transcript
        self._replies = replies
        self._converter = MessageConverter()

    async def before(
        self, thread_id: str, message_id: str, context: RequestContext, *, tokens: int
    ) -> Past:
        """Return the turns before that message, oldest first, in at most that many tokens.

        A turn that still waits is stored as one that does not continue. A message whose turn was
        lost is read from its items. A line says when older turns are left out.
        """
        budget = history_bytes(tokens)
        earlier = await self._transcript.before(thread_id, message_id, budget, context)
        events = await self._abandon(thread_id, earlier, context)
        if earlier.waiting:
            earlier = await self._transcript.before(thread_id, message_id, budget, context)
        since = await self._since(earlier)
        known = normalized([*earlier.over, *earlier.turns, *since], STORED)
        fitting, complete = newest_turns(known, budget)
        missing = [] if complete and earlier.complete else [left_out()]
        return Past([*missing, *fitting], events)

    async def _abandon(
        self, thread_id: str, earlier: Earlier, context: RequestContext
    ) -> list[ThreadStreamEvent]:
        """Close the items that wait, and then store their turns as ones that do not continue.

        Return the events that show it. The turns come last: until then, the next message finds what
        a process that died has left open.
        """
        waiting = [
            item for item in earlier.since if not isinstance(item, list) and is_pending(item)
        ]
        items: dict[str, ThreadItem | None] = {item.id: item for item in waiting}
        for turn in earlier.waiting:
            # A message that is answered again has a turn of its own, which hides older items.
            items[turn.item_id] = await self._replies.waited_for(thread_id, turn, context)
        events: list[ThreadStreamEvent] = []
        for item in items.values():
            events += await self._replies.close(item, context) if item else []
        for turn in earlier.waiting:
            # If the process that took a reply has died, the model still reads that reply.
            results = abandoned_results(turn, items[turn.item_id])
            made = turn_for_model(turn.said, [*turn.made, *results], [])
            whole = [*made, *turn.hidden, stopped()]
            await self._transcript.save(thread_id, turn.message_id, whole, context)
        return events

    async def _since(self, earlier: Earlier) -> list[Any]:
        """Return the notes and lost messages since the newest turn; a note marks a lost answer."""
        given: list[Any] = []
        end = 0
        for each in earlier.since:
            if isinstance(each, list):
                given += each
            elif taken := await self._as_input(each):
                given += taken
                end = len(given)
        return [*given[:end], stopped(), *given[end:]] if end else given

    async def _as_input(self, item: ThreadItem) -> list[Any]:
        match item:
            case UserMessageItem():
                return await model_input(self._converter, item)
            case HiddenContextItem() | SDKHiddenContextItem():
                return [hidden_context(item)]
            case StructuredInputItem() if not is_pending(item):
                return list(await self._converter.to_agent_input(item))
            case AssistantMessageItem(content=content):
                text = "".join(part.text for part in content)
                return [{"role": "assistant", "content": text}]
            case _:
                return []


def hidden_in(event: ThreadStreamEvent) -> list[Any]:
    """Return the hidden context of a streamed event, in the model's format."""
    match event:
        case ThreadItemDoneEvent(item=HiddenContextItem() | SDKHiddenContextItem() as item):
            return [hidden_context(item)]
        case _:
            return []


def hidden_context(item: HiddenContextItem | SDKHiddenContextItem) -> Any:
    """Return hidden context in the model's format. The SDK's converter accepts text alone."""
    content = item.content
    return hidden_message(content if isinstance(content, str) else _json(content))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def stopped() -> Any:
    """Return the note that the answer before it was stopped."""
    return hidden_message(
        "The answer was stopped here before its end. Do not continue it unless the user asks."
    )


def left_out() -> Any:
    """Return the note that older messages are left out."""
    return hidden_message(
        "Older messages of this conversation are left out here; they cannot be read."
    )


def end_of_turn(turn: AgentContext[RequestContext]) -> EndOfTurnItem:
    """Return the mark that nothing more comes in this turn; it is stored, to carry feedback."""
    return EndMark(
        id=turn.generate_id("message"),
        thread_id=turn.thread.id,
        created_at=datetime.now(UTC),
        turn_id=turn.request_context.turn.id,
    )


def turn_for_model(
    said: list[Any], made: list[Any], texts: list[str], budget: int = history_bytes()
) -> list[Any]:
    """Return a turn as later turns send it to the model, in at most `budget` bytes.

    `made` holds the model's own items and the tools' results. `texts` holds what the person has
    seen: a message that broke off is in `texts` alone.
    """
    turn = normalized([*said, *made], STORED)
    known = [item.get("content") for item in turn if item.get("role") == "assistant"]
    return shortened(
        turn + [assistant_message(text) for text in texts if text not in known], budget
    )
