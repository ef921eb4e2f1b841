"""Runs the same turns in every store and measures their cost."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from chatkit.types import ThreadItem, ThreadMetadata

from chat_api.request_context import RequestContext
from chat_api.turn_state import TurnState
from store_costs.answer_rows import rows_of_an_answer
from store_costs.conversation import CREATED, Writer, turn
from store_costs.measured import Turns, measured

if TYPE_CHECKING:
    from store_costs.backend import Backend
    from store_costs.conversation import Conversations

TURNS = 20
USER = "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"


class Comparison:
    """A thread of a given length in each store."""

    def __init__(self, backend: Backend, length: int) -> None:
        self._backend = backend
        self._thread = ThreadMetadata(id=backend.store.mint("thread"), created_at=CREATED)
        self._writer = Writer(self._thread.id, backend.store.mint, random.Random(length))
        self._items = self._writer.items(length)

    async def measure_turns(self) -> Mapping[str, Turns]:
        """Return each store's turns. A store whose thread filled up first has none."""
        stores = self._backend.stores
        turns_by_store = {name: Turns(await self._fill(store)) for name, store in stores.items()}
        not_full = {name: each for name, each in turns_by_store.items() if each.full_at is None}
        for _ in range(TURNS):
            question, answer = self._writer.item("question"), self._writer.item("answer")
            for name, turns in not_full.items():
                turns.bare.append(self._backend.bare_get())
                calls = turn(stores[name], question, answer, request())
                turns.measured_turns.append(await measured(calls, self._backend.meter))
                await self._delete(stores[name], question, answer)
        return turns_by_store

    async def measure_answer_rows(self) -> Turns:
        """Return the cost of a ten-second answer besides its items, in the filled thread."""
        store, transcript = self._backend.store, self._backend.transcript
        for item in self._items:
            if item.type == "user_message":
                messages = self._writer.turn_for_model()
                await transcript.save(self._thread.id, item.id, messages, request())
        turns = Turns()
        for _ in range(TURNS):
            question = self._writer.item("question")
            context = request()
            # By this point, every request of a turn has read its thread.
            await store.load_thread(self._thread.id, context)
            turns.bare.append(self._backend.bare_get())
            calls = rows_of_an_answer(
                transcript, self._backend.store.snapshots, self._writer, question, context
            )
            turns.measured_turns.append(await measured(calls, self._backend.meter))
            await self._delete(store, question)
        return turns

    async def _fill(self, store: Conversations) -> int | None:
        """Add the items. Return the count at which DynamoDB refused one more, or None."""
        await store.save_thread(self._thread, request())
        for number, item in enumerate(self._items):
            try:
                await store.add_thread_item(self._thread.id, item, request())
            except ClientError as error:
                if error.response["Error"]["Code"] != "ValidationException":
                    raise
                return number
        return None

    async def _delete(self, store: Conversations, *items: ThreadItem) -> None:
        for item in items:
            await store.delete_thread_item(self._thread.id, item.id, request())


def request() -> RequestContext:
    """Return the context of a new request."""
    return RequestContext(
        user=USER, session_id="session", turn=TurnState("turn_0123456789abcdefghjkmnpqrs")
    )
