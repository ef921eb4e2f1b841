"""The rows of attachments."""

from chatkit.types import Attachment

from chat_api.request_context import RequestContext
from chat_api.store.existence import not_found
from chat_api.store.keys import ATTACHMENT, encoded, user_partition
from chat_api.store.pages import read_inline
from chat_api.store.rows import dump_attachment, is_live, new_row, read_attachment
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
        """Return an attachment. Raise `NotFoundError` if the user has none with that id."""
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


def _sort(attachment_id: str) -> str:
    return ATTACHMENT + encoded(attachment_id)
