"""The rows of attachments, and those that name their files in a thread.

An attachment's row has the ids of the threads that may have copies in the set `threads`. A thread
gets into the set before its copy is written, so no copy is unknown to the row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from chatkit.types import Attachment

from chat_api.request_context import RequestContext
from chat_api.store.attachment_objects import copy_name, upload_name
from chat_api.store.aws_calls import gather_all
from chat_api.store.existence import not_found
from chat_api.store.keys import (
    ATTACHMENT,
    FILE,
    UPLOAD,
    encoded,
    thread_partition,
    user_partition,
)
from chat_api.store.pages import read_inline
from chat_api.store.retention import DAY
from chat_api.store.rows import (
    bare_row,
    dump_attachment,
    is_live,
    key,
    new_row,
    read_attachment,
    seconds,
)
from chat_api.store.store_part import StorePart
from chat_api.store.table import RowMissing, ThreadsTable
from chatcore.shielded import run_to_completion

if TYPE_CHECKING:
    from chat_api.store.rows import Row

# An attachment that no message names lives as long as its upload, by the bucket's lifecycle rule.
PENDING_SECONDS = DAY
_THREADS = "threads"


class AttachmentRows(StorePart):
    """Attachments are stored beside a user's threads, not in them."""

    @run_to_completion
    async def save_attachment(self, attachment: Attachment, context: RequestContext) -> None:
        """Store an attachment, replacing any other with its id.

        One of the message that the request sends is stored already. The SDK would bring it back
        if it was deleted meanwhile.
        """
        if attachment.id not in context.cache.attachments:
            await self._put(attachment, context, self._retention.until())

    @run_to_completion
    async def save_pending(self, attachment: Attachment, context: RequestContext) -> None:
        """Store an attachment for a day. A message that names it prolongs this."""
        await self._put(attachment, context, self._now() + PENDING_SECONDS)

    async def _put(self, attachment: Attachment, context: RequestContext, until: float) -> None:
        partition, sort = user_partition(context.user), _sort(attachment.id)
        await self._table.put(new_row(partition, sort, dump_attachment(attachment), until))

    async def load_attachment(self, attachment_id: str, context: RequestContext) -> Attachment:
        """Return an attachment. Raise `NotFoundError` if the user has none with that id.

        Its metadata has the ids of the threads that may have copies as `threads`, if there are any.
        A message's attachments are those that were checked when it was sent.
        """
        if attachment_id in context.cache.attachments:
            return context.cache.attachments[attachment_id]
        stored = await self._table.get(user_partition(context.user), _sort(attachment_id))
        live = [stored] if stored and is_live(stored, self._now()) else []
        attachments = await read_inline(live, read_attachment)
        if not attachments:
            raise not_found("Attachment", attachment_id)
        if threads := _threads(live[0]):
            metadata = {**(attachments[0].metadata or {}), _THREADS: threads}
            return attachments[0].model_copy(update={"metadata": metadata})
        return attachments[0]

    @run_to_completion
    async def delete_attachment(self, attachment_id: str, context: RequestContext) -> None:
        """Delete an attachment. One that does not exist is a success."""
        await self._table.delete_all(user_partition(context.user), [_sort(attachment_id)])

    @run_to_completion
    async def delete_with_files(
        self, attachment_id: str, thread_ids: Sequence[str], context: RequestContext
    ) -> None:
        """Delete an attachment, its upload, its copies in these threads and in any newer ones.

        The rows in the threads stay. A message that is being sent may still write a copy, which is
        then deleted with its thread.
        """
        upload = upload_name(context.user, attachment_id)
        await self._blobs.discard([], also=[upload, *_copies(context, attachment_id, thread_ids)])
        with suppress(RowMissing):
            # From here on, no thread is added.
            expired = {"expires_at": seconds(self._now())}
            row = await self._table.update(
                user_partition(context.user), _sort(attachment_id), expired, remove="body"
            )
            newer = {*_threads(row)} - {*thread_ids}
            await self._blobs.discard([], also=_copies(context, attachment_id, newer))
        await self.delete_attachment(attachment_id, context)

    @run_to_completion
    async def add_thread(self, attachment_id: str, thread_id: str, context: RequestContext) -> None:
        """Note that a thread may have a copy, and keep the attachment as long as a new message.

        Call this before the copy is written. Raise `NotFoundError` if it was deleted meanwhile.
        """
        until = self._retention.until()
        row = bare_row(user_partition(context.user), _sort(attachment_id), until)
        try:
            await self._table.change_set("ADD", row, _THREADS, thread_id, live_at=self._now())
        except RowMissing:
            raise not_found("Attachment", attachment_id) from None

    @run_to_completion
    async def name_files(
        self, attachment_ids: Sequence[str], thread_id: str, context: RequestContext
    ) -> None:
        """Name the files of attachments in rows of a thread, so that they are deleted with it.

        Call this before the copies are written: no copy is then without a row.
        """
        partition, until = thread_partition(context.user, thread_id), self._retention.until()
        for each in attachment_ids:
            copy = copy_name(context.user, thread_id, each)
            self._rows(context).objects(partition).add(copy)
            named = {FILE: copy, UPLOAD: upload_name(context.user, each)}
            await self._table.put_all(
                [
                    bare_row(partition, kind + encoded(each), until)
                    | {"object": {"S": name}, "size": {"N": "0"}}
                    for kind, name in named.items()
                ]
            )

    @run_to_completion
    async def delete_copies(
        self, attachment_ids: Sequence[str], thread_id: str, context: RequestContext
    ) -> None:
        """Delete a thread's copies, and what names them. The attachments stay."""
        copies = [copy_name(context.user, thread_id, each) for each in attachment_ids]
        await self._blobs.discard([], also=copies)
        sorts = [kind + encoded(each) for each in attachment_ids for kind in (FILE, UPLOAD)]
        await self._table.delete_all(thread_partition(context.user, thread_id), sorts)
        for each in attachment_ids:
            row = key(user_partition(context.user), _sort(each))
            with suppress(RowMissing):
                await self._table.change_set("DELETE", row, _THREADS, thread_id)


async def forget_thread(
    table: ThreadsTable, deleted: Iterable[Row], user: str, thread_id: str, now: float
) -> None:
    """Expire the attachments that a deleted thread had and no other thread has.

    `deleted` are the keys of the thread's rows. Without files, this sends no request.
    """

    async def forget(sort: str) -> None:
        with suppress(RowMissing):
            row = key(user_partition(user), sort)
            if not _threads(await table.change_set("DELETE", row, _THREADS, thread_id)):
                # Another message may add its thread meanwhile, and then the row stays.
                expired = {"expires_at": seconds(now)}
                await table.update(
                    user_partition(user), sort, expired, remove="body", unless=_THREADS
                )

    sorts = [each["sk"].get("S", "") for each in deleted]
    await gather_all(
        forget(ATTACHMENT + sort.removeprefix(FILE)) for sort in sorts if sort.startswith(FILE)
    )


def _sort(attachment_id: str) -> str:
    return ATTACHMENT + encoded(attachment_id)


def _threads(row: Row) -> list[str]:
    return sorted(row[_THREADS].get("SS", [])) if _THREADS in row else []


def _copies(context: RequestContext, attachment_id: str, thread_ids: Iterable[str]) -> list[str]:
    return [copy_name(context.user, each, attachment_id) for each in thread_ids]
