"""Feedback: a thumbs-up or thumbs-down on an item, of which the latest counts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from chatkit.types import EndOfTurnItem, FeedbackKind, ThreadItem, UserMessageItem
from pydantic import TypeAdapter

from chat_api.own_items import EndMark
from chat_api.request_context import RequestContext
from chat_api.store.aws_calls import gather_all
from chat_api.store.existence import not_found, thread_exists, thread_is_deleted
from chat_api.store.items import find_item
from chat_api.store.keys import FEEDBACK, ITEM, thread_partition
from chat_api.store.places import find_place
from chat_api.store.request_table import RequestTable
from chat_api.store.rows import body, is_live, new_row, object_name, read_item, skip_unreadable
from chat_api.store.store_part import StorePart
from chatcore.shielded import run_to_completion

if TYPE_CHECKING:
    from chat_api.store.rows import Row

# The items in which the end of a turn is looked for. A turn rarely has more.
TURN_ITEMS = 50
PAGE = 100


class Feedback(NamedTuple):
    """`turn_id` is the turn that wrote the item; None if it is unknown, as in older rows."""

    kind: FeedbackKind
    turn_id: str | None = None


_KIND = TypeAdapter[FeedbackKind](FeedbackKind)


class FeedbackRows(StorePart):
    """Feedback is kept for the retention period, unless its item is deleted first."""

    @run_to_completion
    async def save_feedback(
        self, thread_id: str, item_ids: list[str], kind: FeedbackKind, context: RequestContext
    ) -> None:
        """Store feedback on each item and on the end of its turn, replacing earlier feedback.

        Raise `NotFoundError`, and store nothing, if an item is not in this thread of the user, or
        if the thread is deleted meanwhile. A deletion hides the thread before it deletes the rows.
        If the thread still exists after the write, any deletion of it also finds what was written.
        Otherwise the written rows are deleted here.
        """
        rows, until = self._rows(context), self._retention.until()
        rated: list[Row] = []
        # The first one also reads the thread's row, for all of them.
        for ids in (item_ids[:1], item_ids[1:]):
            finding = (find_item(rows, context.user, thread_id, id, self._now()) for id in ids)
            rated += await gather_all(finding)
        partition = thread_partition(context.user, thread_id)
        ends = await self._ends(rows, partition, rated)
        given: dict[str, Row] = {}
        for item in rated:
            end = ends.get(item["sk"]["S"])
            for each in [item, *([end] if end else [])]:
                sort = FEEDBACK + each["sk"]["S"].removeprefix(ITEM)
                text = json.dumps({"kind": kind, "turn_id": _turn_of(end)})
                given[sort] = new_row(partition, sort, text, until)
        await rows.put_all(partition, list(given.values()))
        if await thread_is_deleted(rows, context.user, thread_id):
            await rows.delete(partition, list(given))
            raise not_found("Thread", thread_id)

    async def load_feedback(
        self, thread_id: str, item_ids: Sequence[str], context: RequestContext
    ) -> dict[str, Feedback]:
        """Return the feedback on those of the items that have any, by their ids."""
        rows = self._rows(context)
        if not await thread_exists(rows, context.user, thread_id, self._now()):
            return {}
        partition = thread_partition(context.user, thread_id)
        found = await gather_all(find_place(rows, partition, id) for id in item_ids)
        places = {place: id for place, id in zip(found, item_ids, strict=True) if place}
        if not places:
            return {}
        stored = await self._between(partition, min(places), max(places))
        by_place = {each["sk"]["S"].removeprefix(FEEDBACK): each for each in stored}
        feedback: dict[str, Feedback] = {}
        for place, id in places.items():
            row = by_place.get(place)
            if row and is_live(row, self._now()):
                with skip_unreadable(row):
                    feedback[id] = _read(body(row))
        return feedback

    async def _between(self, partition: str, first: str, last: str) -> list[Row]:
        """Return the feedback rows from one place to another."""
        found: list[Row] = []
        # No row is between this key and that of the first place.
        after: str | None = FEEDBACK + first[:-1]
        while after is not None and after < FEEDBACK + last:
            page, after = await self._table.query(
                partition, FEEDBACK, after=after, newest_first=False, limit=PAGE
            )
            found += page
        return found

    async def _ends(
        self, rows: RequestTable, partition: str, rated: Iterable[Row]
    ) -> dict[str, Row]:
        """Return the row of the end of each item's turn, by the item's sort key, where it is known.

        An end is its own, and takes no request.
        """
        ends = {row["sk"]["S"]: row for row in rated if isinstance(_inline(row), EndOfTurnItem)}
        others = [row for row in rated if row["sk"]["S"] not in ends]
        if not others:
            return ends
        first = min(others, key=lambda row: row["sk"]["S"])
        later, _ = await rows.items(
            partition, after=first["sk"]["S"], newest_first=False, limit=TURN_ITEMS
        )
        end: Row | None = None
        for row in reversed([first, *later]):
            item = _inline(row)
            if isinstance(item, EndOfTurnItem):
                end = row
            if end:
                ends[row["sk"]["S"]] = end
            if item is None or isinstance(item, UserMessageItem):
                # The items before it belong to an earlier turn, or may do so.
                end = None
        return ends


def _inline(row: Row) -> ThreadItem | None:
    """Return the item in a row; None for one whose body is elsewhere or unreadable."""
    if not object_name(row):
        with skip_unreadable(row):
            return read_item(body(row))
    return None


def _turn_of(end: Row | None) -> str | None:
    item = _inline(end) if end else None
    return item.turn_id if isinstance(item, EndMark) else None


def _read(text: bytes) -> Feedback:
    value = json.loads(text)
    if isinstance(value, dict):
        return Feedback(_KIND.validate_python(value["kind"]), value.get("turn_id"))
    # Older rows hold the kind alone.
    return Feedback(_KIND.validate_python(value))
