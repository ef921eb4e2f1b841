"""The earlier turns that the model receives, and what it receives of this one later."""

import json
from datetime import UTC, datetime
from typing import Any

from chatkit.agents import AgentContext, ThreadItemConverter
from chatkit.types import (
    AssistantMessageItem,
    EndOfTurnItem,
    HiddenContextItem,
    SDKHiddenContextItem,
    ThreadItem,
    ThreadItemDoneEvent,
    ThreadStreamEvent,
    UserMessageItem,
)

from chat_api.model.budget import history_bytes
from chat_api.model.input.hidden_context import hidden_message
from chat_api.model.input.input_format import STORED
from chat_api.model.input.items import assistant_message
from chat_api.model.input.normalizer import normalized
from chat_api.model.input.trimming import newest_turns, shortened
from chat_api.request_context import RequestContext
from chat_api.store.earlier_turns import Earlier
from chat_api.store.transcript import Transcript


class History:
    """The newest turns that fit a budget of tokens. The oldest of them may be shortened."""

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        self._converter = ThreadItemConverter()

    async def before(
        self, thread_id: str, message_id: str, context: RequestContext, *, tokens: int
    ) -> list[Any]:
        """Return the turns before that message, oldest first, in at most that many tokens.

        A message whose turn was lost is read from its items. A line says when older turns are left
        out.
        """
        budget = history_bytes(tokens)
        earlier = await self._transcript.before(thread_id, message_id, budget, context)
        since = await self._since(earlier)
        known = normalized([*earlier.over, *earlier.turns, *since], STORED)
        fitting, complete = newest_turns(known, budget)
        missing = [] if complete and earlier.complete else [left_out()]
        return [*missing, *fitting]

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
                return list(await self._converter.to_agent_input(item))
            case HiddenContextItem() | SDKHiddenContextItem():
                return [hidden_context(item)]
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


def end_of_turn(turn: AgentContext[Any]) -> EndOfTurnItem:
    """Return the mark that nothing more comes in this turn; it is stored, to carry feedback."""
    return EndOfTurnItem(
        id=turn.generate_id("message"), thread_id=turn.thread.id, created_at=datetime.now(UTC)
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
