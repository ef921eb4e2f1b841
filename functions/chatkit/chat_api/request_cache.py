"""What one request knows of the table, so that it reads nothing twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatkit.types import Attachment, ThreadMetadata

    from chat_api.store.request_table import RequestTable
    from chat_api.store.rows import Row


class Partition:
    """What a request has read or written of one partition."""

    def __init__(self) -> None:
        # By sort key; None for a row that does not exist.
        self.rows: dict[str, Row | None] = {}
        # The request knows every item from this sort key on; "" means all items, None means none.
        self.known_from: str | None = None
        # The names of the objects that this request has put for rows of the partition.
        self.objects: set[str] = set()
        # Changes whenever a write begins or ends: what was read meanwhile may be older than it.
        self.version = 0

    @contextmanager
    def writing(self, *sorts: str) -> Iterator[dict[str, Row | None]]:
        """Yield a dict that the block fills with the rows as its write leaves them.

        If the write fails, or overlaps with another one, nothing is known of these rows.
        """
        self.version += 1
        begun = self.version
        written: dict[str, Row | None] = {}
        try:
            yield written
        except BaseException:
            self._forget(sorts)
            raise
        else:
            if self.version == begun:
                self.rows |= written
            else:
                self._forget(sorts)
        finally:
            self.version += 1

    def _forget(self, sorts: tuple[str, ...]) -> None:
        self.known_from = None
        for sort in sorts:
            self.rows.pop(sort, None)


class RequestCache:
    """Belongs to one request and is made with its context. Two requests never share one."""

    def __init__(self) -> None:
        self.partitions: defaultdict[str, Partition] = defaultdict(Partition)
        # By name of the object. An object is never written twice.
        self.blobs: dict[str, bytes] = {}
        # By id, as the request last got them: any later difference is a change of its own.
        self.threads: dict[str, ThreadMetadata] = {}
        # The ids of threads that this request has minted: no other request has known them before.
        self.minted: set[str] = set()
        # The ids of threads that another request has deleted since this one began.
        self.deleted: set[str] = set()
        # The names of images that this request has put and no item names yet.
        self.unnamed_images: set[str] = set()
        # The attachments of the message that the request sends, by id.
        self.attachments: dict[str, Attachment] = {}
        # What the model gets of attached files, by the name of the object; None for a missing one.
        self.files: dict[str, bytes | None] = {}
        # Whether a model was sent the text of a file, and an image or a PDF.
        self.has_sent_text = False
        self.has_sent_media = False
        # The table as this request sees it; made when the request first needs it.
        self.table: RequestTable | None = None
