"""The rows of attachments, and those that name their files in a thread."""

from collections.abc import Sequence

from chatkit.types import Attachment

from chat_api.request_context import RequestContext
from chat_api.store.attachment_objects import copy_name, upload_name
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
from chat_api.store.rows import bare_row, dump_attachment, is_live, new_row, read_attachment
from chat_api.store.store_part import StorePart
from chatcore.shielded import run_to_completion


class AttachmentRows(StorePart):
    """Attachments are stored beside a user's threads, not in them."""

    @run_to_completion
    async def save_attachment(self, attachment: Attachment, context: RequestContext) -> None:
        """Store an attachment, replacing any other with its id."""
        partition, sort = user_partition(context.user), _sort(attachment.id)
        json = dump_attachment(attachment)
        await self._table.put(new_row(partition, sort, json, self._retention.until()))

    async def load_attachment(self, attachment_id: str, context: RequestContext) -> Attachment:
        """Return an attachment. Raise `NotFoundError` if the user has none with that id.

        A message's attachments are those that were checked when it was sent.
        """
        if attachment_id in context.cache.attachments:
            return context.cache.attachments[attachment_id]
        stored = await self._table.get(user_partition(context.user), _sort(attachment_id))
        live = [stored] if stored and is_live(stored, self._now()) else []
        attachments = await read_inline(live, read_attachment)
        if not attachments:
            raise not_found("Attachment", attachment_id)
        return attachments[0]

    @run_to_completion
    async def delete_attachment(self, attachment_id: str, context: RequestContext) -> None:
        """Delete an attachment. One that does not exist is a success."""
        await self._table.delete_all(user_partition(context.user), [_sort(attachment_id)])

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
    async def delete_files(
        self,
        attachment_id: str,
        thread_ids: Sequence[str],
        context: RequestContext,
        *,
        copies: bool = False,
    ) -> None:
        """Delete the copies of an attachment in threads, and its upload unless `copies` is set."""
        names = [copy_name(context.user, each, attachment_id) for each in thread_ids]
        uploads = [] if copies else [upload_name(context.user, attachment_id)]
        await self._blobs.discard([], also=[*names, *uploads])
        sorts = [kind + encoded(attachment_id) for kind in (FILE, UPLOAD)]
        for each in thread_ids:
            await self._table.delete_all(thread_partition(context.user, each), sorts)


def _sort(attachment_id: str) -> str:
    return ATTACHMENT + encoded(attachment_id)
