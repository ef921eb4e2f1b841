"""The rows that only a running turn and the model read."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from chat_api.model.budget import history_bytes
from chat_api.store.snapshots import Snapshot, Snapshots
from store_costs.conversation import ANSWER_LENGTH

if TYPE_CHECKING:
    from chatkit.types import ThreadItem

    from chat_api.request_context import RequestContext
    from chat_api.store.transcript import Transcript
    from store_costs.conversation import Writer
    from store_costs.measured import Calls

LEASE_SECONDS = 60.0
HISTORY_BYTES = history_bytes()


def rows_of_an_answer(
    transcript: Transcript,
    snapshots: Snapshots,
    writer: Writer,
    message: ThreadItem,
    context: RequestContext,
) -> Calls:
    """Return the calls of a ten-second answer besides its items, in order.

    The history is read first. The text so far is written every five seconds and cleared at the end,
    and the turn is saved for the model.
    """
    thread_id = message.thread_id
    text = writer.prose(ANSWER_LENGTH)
    now = time.time()

    def so_far(part: str) -> Snapshot:
        return Snapshot(
            turn_id=context.turn.id, text=part, created_at=now, lease_until=now + LEASE_SECONDS
        )

    return {
        "history": partial(transcript.before, thread_id, message.id, HISTORY_BYTES, context),
        "5 s": partial(snapshots.write, thread_id, so_far(text[: len(text) // 2]), context),
        "10 s": partial(snapshots.write, thread_id, so_far(text), context),
        "clear": partial(snapshots.clear, thread_id, context.turn.id, context),
        "keep": partial(transcript.save, thread_id, message.id, writer.turn_for_model(), context),
    }
