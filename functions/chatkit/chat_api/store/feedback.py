"""Feedback: a thumbs-up or thumbs-down on an item, of which the latest counts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from chatkit.types import FeedbackKind
from pydantic import TypeAdapter

from chat_api.request_context import RequestContext
from chat_api.store.aws_calls import gather_all, gather_both
from chat_api.store.existence import not_found, thread_exists, thread_is_deleted
from chat_api.store.items import find_item
from chat_api.store.keys import FEEDBACK, ITEM, thread_partition
from chat_api.store.pages import read_inline
from chat_api.store.places import find_row
from chat_api.store.rows import is_live, new_row
from chat_api.store.store_part import StorePart
from chatcore.shielded import run_to_completion

if TYPE_CHECKING:
    from chat_api.store.rows import Row

_KIND = TypeAdapter[FeedbackKind](FeedbackKind)


class FeedbackRows(StorePart):
    """Feedback is kept for the retention period, unless its item is deleted first."""

    @run_to_completion
    async def save_feedback(
        self, thread_id: str, item_ids: list[str], kind: FeedbackKind, context: RequestContext
    ) -> None:
        """Store feedback on each item, replacing earlier feedback.

        Raise `NotFoundError`, and store nothing, if an item is not in this thread of the user, or
        if the thread is deleted meanwhile. A deletion hides the thread before it deletes the rows.
        If the thread still exists after the write, any deletion of it also finds what was written.
        Otherwise the written rows are deleted here.
        """
        rows, until = self._rows(context), self._retention.until()
        given: dict[str, Row] = {}
        # The first one also reads the thread's row, for all of them.
        for ids in (item_ids[:1], item_ids[1:]):
            finding = (find_item(rows, context.user, thread_id, id, self._now()) for id in ids)
            for item in await gather_all(finding):
                sort = FEEDBACK + item["sk"]["S"].removeprefix(ITEM)
                given[sort] = new_row(item["pk"]["S"], sort, json.dumps(kind), until)
        partition = thread_partition(context.user, thread_id)
        await rows.put_all(partition, list(given.values()))
        if await thread_is_deleted(rows, context.user, thread_id):
            await rows.delete(partition, list(given))
            raise not_found("Thread", thread_id)

    async def load_feedback(
        self, thread_id: str, item_id: str, context: RequestContext
    ) -> FeedbackKind | None:
        """Return the feedback on an item; None if there is none."""
        rows = self._rows(context)
        exists, stored = await gather_both(
            thread_exists(rows, context.user, thread_id, self._now()),
            find_row(rows, thread_partition(context.user, thread_id), FEEDBACK, item_id),
        )
        live = [stored] if exists and stored and is_live(stored, self._now()) else []
        kinds = await read_inline(live, _KIND.validate_json)
        return kinds[0] if kinds else None
