"""The state of a turn that waits for the person, in the row of its transcript.

The transcript replaces the state with one put, and the other way around, so a turn never has both.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from chat_api.request_context import RequestContext
from chat_api.store.blobs import unshared
from chat_api.store.existence import not_found, refuse_missing, thread_exists
from chat_api.store.keys import TRANSCRIPT, object_folder, thread_partition
from chat_api.store.pages import read_stored
from chat_api.store.places import find_place, find_row
from chat_api.store.rows import dump_turn, is_live
from chat_api.store.store_part import StorePart
from chatcore.logs import logger
from chatcore.shielded import run_to_completion

if TYPE_CHECKING:
    from chat_api.store.rows import Row

# The version of `WaitingTurn` in a row. Increase it with each change that older code cannot read,
# also with a change to the fields of `conversation.assistant.ToolCall`.
FORMAT = 1


@dataclass(frozen=True)
class HeldCall:
    """A tool call that has no result until the person or the page has answered.

    `digest` is that of the tool's declaration, for a call that needs approval.
    """

    call_id: str
    tool: str
    arguments: dict[str, Any]
    digest: str = ""


@dataclass(frozen=True)
class WaitingTurn:
    """A turn up to the calls that wait.

    `said` is the user's message and `made` what followed it, both in the model's own format.
    `item_id` is the pending item, for which all of `held` wait. `hidden` is context for later
    turns, `tool_calls` are the calls that widgets see, `call_counts` continue the idempotency keys,
    and `steps` counts the requests to the model.
    """

    message_id: str
    item_id: str
    said: list[Any]
    made: list[Any]
    held: list[HeldCall]
    hidden: list[Any] = field(default_factory=list)
    tool_calls: list[dict[str, Any]] = field(default_factory=list)
    call_counts: dict[str, int] = field(default_factory=dict)
    steps: int = 0

    @property
    def asks_approval(self) -> bool:
        """Whether the person is asked to approve the calls, and not for their results."""
        return any(call.digest for call in self.held)


_STATE = TypeAdapter(WaitingTurn)


class Unreadable:
    """The state of a waiting turn that this version cannot read."""


class WaitingTurns(StorePart):
    """Stores and reads the states of waiting turns."""

    @run_to_completion
    async def save_waiting(
        self, thread_id: str, turn: WaitingTurn, context: RequestContext
    ) -> None:
        """Store the state, replacing the turn's transcript.

        Raise `TooLarge` for more than 5 MB of it.
        """
        rows = self._rows(context)
        refuse_missing(rows, context.user, thread_id, self._now())
        partition = thread_partition(context.user, thread_id)
        place = await find_place(rows, partition, turn.message_id)
        if place is None:
            raise not_found("Item", turn.message_id)
        sort = TRANSCRIPT + place
        folder = object_folder(context.user, thread_id, sort)
        json_text = dump_turn(asdict(turn))
        new = await self._blobs.new_row(partition, sort, folder, json_text, self._retention.until())
        new["waiting"] = {"N": str(FORMAT)}
        await self._blobs.discard(unshared(await rows.put(new), new))

    async def waiting_turn(
        self, thread_id: str, message_id: str, context: RequestContext
    ) -> WaitingTurn | Unreadable | None:
        """Return the state of the turn that a message began; None if it does not wait."""
        stored = await self._waiting_row(thread_id, message_id, context)
        if stored is None:
            return None
        turns = await self._read_waiting([stored], context)
        return turns[0] if turns else Unreadable()

    @run_to_completion
    async def drop_waiting(self, thread_id: str, message_id: str, context: RequestContext) -> None:
        """Delete the state of the turn that a message began, whose items are kept."""
        if stored := await self._waiting_row(thread_id, message_id, context):
            await self._rows(context).delete(stored["pk"]["S"], [stored["sk"]["S"]])
            await self._blobs.discard([stored])

    async def _waiting_row(
        self, thread_id: str, message_id: str, context: RequestContext
    ) -> Row | None:
        rows = self._rows(context)
        if not await thread_exists(rows, context.user, thread_id, self._now()):
            return None
        partition = thread_partition(context.user, thread_id)
        stored = await find_row(rows, partition, TRANSCRIPT, message_id)
        return stored if stored and waits(stored) and is_live(stored, self._now()) else None

    async def _read_waiting(self, stored: list[Row], context: RequestContext) -> list[WaitingTurn]:
        """Return the states in rows, without those that this version cannot read."""
        known = [each for each in stored if each["waiting"] == {"N": str(FORMAT)}]
        if len(known) < len(stored):
            logger.warning("waiting_turn_of_another_version", known=FORMAT)
        return await read_stored(self._rows(context), self._blobs, known, _read_state)


def waits(stored: Row) -> bool:
    """Return whether a row of the transcript holds a turn that waits."""
    return "waiting" in stored


def _read_state(text: bytes) -> WaitingTurn:
    return _STATE.validate_python(json.loads(text))
