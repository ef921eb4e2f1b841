"""What every part of the store has: the table, the bucket and the retention."""

from chat_api.request_context import RequestContext
from chat_api.store.blobs import Blobs
from chat_api.store.request_table import RequestTable
from chat_api.store.retention import Retention
from chat_api.store.table import ThreadsTable


class StorePart:
    """The operations on one kind of rows. `DynamoStore` inherits from several parts."""

    def __init__(self, table: ThreadsTable, blobs: Blobs, retention: Retention) -> None:
        self._table = table
        self._blobs = blobs
        self._retention = retention
        self._now = retention.now

    def _rows(self, context: RequestContext) -> RequestTable:
        """Return the table as the context's request sees it, the same object for each call."""
        if context.cache.table is None:
            context.cache.table = RequestTable(self._table, context.cache)
        return context.cache.table
