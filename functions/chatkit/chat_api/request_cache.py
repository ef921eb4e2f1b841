"""What one request knows of the table, so that it need not read it again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatkit.types import ThreadMetadata

    from chat_api.store.rows import Row


class Partition:
    """The rows of one partition that a request has read or written; None for one that is not there.

    `floor` is the sort key from which on upwards every item is known, "" when all are, None when
    nothing is known of it.
    """

    def __init__(self) -> None:
        self.rows: dict[str, Row | None] = {}
        self.floor: str | None = None
        # The names of bodies that this request has put into the bucket for rows of the partition.
        self.objects: set[str] = set()
        # Changes whenever a write begins or ends: what was read meanwhile may be older than it.
        self.version = 0

    @contextmanager
    def writing(self, *sorts: str) -> Iterator[dict[str, Row | None]]:
        """Around one write: takes what the rows are after it.

        After a failure, or another write at the same time, they may be anything.
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
        self.floor = None
        for sort in sorts:
            self.rows.pop(sort, None)


class RequestCache:
    """Belongs to one request, is made with its context and never shared between two."""

    def __init__(self) -> None:
        self.partitions: defaultdict[str, Partition] = defaultdict(Partition)
        # By name of the object. An object is never written twice.
        self.bodies: dict[str, bytes] = {}
        # By id, as the request was given them last: what differs later it has changed itself.
        self.threads: dict[str, ThreadMetadata] = {}
        # The ids of threads that this request has minted: nobody else has known them before.
        self.minted: set[str] = set()
        # Threads that were deleted since the request began, as it was told.
        self.gone: set[str] = set()
