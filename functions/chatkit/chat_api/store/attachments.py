"""The rows of attachments."""

from collections.abc import Callable

from chatkit.types import Attachment

from chat_api.request_context import RequestContext
from chat_api.store.keys import ATTACHMENT, encoded, user_partition
from chat_api.store.pages import read_rows
from chat_api.store.presence import not_found
from chat_api.store.rows import alive, dump_attachment, read_attachment, row
from chat_api.store.table import ThreadsTable


class Attachments:
    """Each user's own."""

    def __init__(
        self, table: ThreadsTable, *, retention_seconds: int, now: Callable[[], float]
    ) -> None:
        self._table = table
        self._retention = retention_seconds
        self._now = now

    async def save(self, attachment: Attachment, context: RequestContext) -> None:
        partition, until = user_partition(context.user), self._now() + self._retention
        json = dump_attachment(attachment)
        await self._table.put(row(partition, _sort(attachment.id), json, until))

    async def load(self, attachment_id: str, context: RequestContext) -> Attachment:
        """Raises `NotFoundError`."""
        stored = await self._table.get(user_partition(context.user), _sort(attachment_id))
        live = [stored] if stored and alive(stored, self._now()) else []
        attachments = await read_rows(live, read_attachment)
        if not attachments:
            raise not_found("Attachment", attachment_id)
        return attachments[0]

    async def delete(self, attachment_id: str, context: RequestContext) -> None:
        await self._table.delete_all(user_partition(context.user), [_sort(attachment_id)])


def _sort(attachment_id: str) -> str:
    return ATTACHMENT + encoded(attachment_id)
