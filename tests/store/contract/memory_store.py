"""The reference: a slow, plain ChatKit store in dicts that keeps exactly the contract."""

from bisect import insort
from copy import deepcopy
from datetime import UTC

from chatkit.store import NotFoundError, Store
from chatkit.types import (
    Attachment,
    Page,
    ThreadItem,
    ThreadItemBase,
    ThreadMetadata,
    WorkflowItem,
)

type Position = tuple[float, int]


class OrderedEntries[T: ThreadItemBase | ThreadMetadata]:
    """Entries in order of creation time, and those of the same time in order of arrival."""

    def __init__(self) -> None:
        self._entries: dict[str, T] = {}
        # A deleted entry keeps its position, so that a page can continue after it.
        self._positions = dict[str, Position]()
        self._order = list[tuple[Position, str]]()

    def put(self, entry: T) -> None:
        if entry.id not in self._positions:
            position = entry.created_at.astimezone(UTC).timestamp(), len(self._positions)
            self._positions[entry.id] = position
            insort(self._order, (position, entry.id))
        self._entries[entry.id] = deepcopy(entry)

    def get(self, id: str) -> T | None:
        return deepcopy(self._entries.get(id))

    def delete(self, id: str) -> None:
        self._entries.pop(id, None)

    def page(self, limit: int, after: str | None, order: str) -> Page[T]:
        ids = [id for _, id in self._order]
        if order == "desc":
            ids.reverse()
        rest = ids if after is None else ids[ids.index(after) + 1 :]
        found = [entry for id in rest if (entry := self.get(id))]
        data, has_more = found[:limit], len(found) > limit
        return Page(data=data, has_more=has_more, after=data[-1].id if has_more else None)


class MemoryStore(Store[str]):
    """A ChatKit store in memory. The context of a call is the user's id."""

    def __init__(self) -> None:
        self._threads = dict[str, OrderedEntries[ThreadMetadata]]()
        self._items = dict[tuple[str, str], OrderedEntries[ThreadItem]]()
        self._attachments = dict[tuple[str, str], Attachment]()
        self._deleted = set[tuple[str, str]]()

    async def load_thread(self, thread_id: str, context: str) -> ThreadMetadata:
        if not (thread := self._threads_of(context).get(thread_id)):
            raise NotFoundError(f"Thread {thread_id} not found")
        return thread

    async def save_thread(self, thread: ThreadMetadata, context: str) -> None:
        if (context, thread.id) in self._deleted:
            raise NotFoundError(f"Thread {thread.id} not found")
        bare = ThreadMetadata.model_validate(thread.model_dump(exclude={"items"}))
        self._threads_of(context).put(bare)

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: str
    ) -> Page[ThreadMetadata]:
        return self._threads_of(context).page(limit, after, order)

    async def delete_thread(self, thread_id: str, context: str) -> None:
        if (context, thread_id) not in self._deleted:
            await self.load_thread(thread_id, context)
        self._deleted.add((context, thread_id))
        self._threads_of(context).delete(thread_id)
        self._items.pop((context, thread_id), None)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: str
    ) -> Page[ThreadItem]:
        if not self._threads_of(context).get(thread_id):
            return Page()
        return self._items_of(thread_id, context).page(limit, after, order)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: str) -> None:
        existing = self._items_of(thread_id, context).get(item.id)
        if existing not in (None, item) and not isinstance(item, WorkflowItem):
            raise ValueError(f"Item {item.id} exists already")
        await self.save_item(thread_id, item, context)

    async def save_item(self, thread_id: str, item: ThreadItem, context: str) -> None:
        self._items_of(thread_id, context).put(item)

    async def load_item(self, thread_id: str, item_id: str, context: str) -> ThreadItem:
        item = self._items_of(thread_id, context).get(item_id)
        if not item or not self._threads_of(context).get(thread_id):
            raise NotFoundError(f"Item {item_id} not found")
        return item

    async def delete_thread_item(self, thread_id: str, item_id: str, context: str) -> None:
        self._items_of(thread_id, context).delete(item_id)

    async def save_attachment(self, attachment: Attachment, context: str) -> None:
        self._attachments[context, attachment.id] = deepcopy(attachment)

    async def load_attachment(self, attachment_id: str, context: str) -> Attachment:
        if (context, attachment_id) not in self._attachments:
            raise NotFoundError(f"Attachment {attachment_id} not found")
        return deepcopy(self._attachments[context, attachment_id])

    async def delete_attachment(self, attachment_id: str, context: str) -> None:
        self._attachments.pop((context, attachment_id), None)

    def _threads_of(self, user: str) -> OrderedEntries[ThreadMetadata]:
        return self._threads.setdefault(user, OrderedEntries())

    def _items_of(self, thread_id: str, user: str) -> OrderedEntries[ThreadItem]:
        return self._items.setdefault((user, thread_id), OrderedEntries())
