"""A store as one user sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from chatkit.store import Store, StoreItemType
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    Attachment,
    Page,
    ThreadItem,
    ThreadMetadata,
)

type Order = Literal["asc", "desc"]


class Caller[C]:
    """A user's view of a store.

    `context` returns the context of each call: a new request, or the same one every time.
    """

    def __init__(
        self, store: Store[C], context: Callable[[], C], now: Callable[[], datetime]
    ) -> None:
        self.store = store
        self.context = context
        self.now = now

    def mint(self, kind: StoreItemType = "message") -> str:
        """Return a new id from the store."""
        if kind == "thread":
            return self.store.generate_thread_id(self.context())
        thread = ThreadMetadata(id="any", created_at=self.now())
        return self.store.generate_item_id(kind, thread, self.context())

    def message(
        self,
        thread: ThreadMetadata,
        text: str = "hello",
        *,
        id: str | None = None,
        created_at: datetime | None = None,
    ) -> AssistantMessageItem:
        """Return a message that is not stored yet."""
        return AssistantMessageItem(
            id=self.mint() if id is None else id,
            thread_id=thread.id,
            created_at=created_at or self.now(),
            content=[AssistantMessageContent(text=text)],
        )

    async def thread(
        self, title: str = "", *, id: str | None = None, created_at: datetime | None = None
    ) -> ThreadMetadata:
        """Store a thread and return it."""
        minted = self.mint("thread") if id is None else id
        thread = ThreadMetadata(id=minted, created_at=created_at or self.now(), title=title)
        await self.save_thread(thread)
        return thread

    async def say(self, thread: ThreadMetadata, *texts: str) -> list[AssistantMessageItem]:
        """Add messages to a thread and return them."""
        said = [self.message(thread, text) for text in texts]
        for message in said:
            await self.add(thread.id, message)
        return said

    async def load_thread(self, thread_id: str) -> ThreadMetadata:
        return await self.store.load_thread(thread_id, self.context())

    async def save_thread(self, thread: ThreadMetadata) -> None:
        await self.store.save_thread(thread, self.context())

    async def delete_thread(self, thread_id: str) -> None:
        await self.store.delete_thread(thread_id, self.context())

    async def load_threads(
        self, limit: int = 100, after: str | None = None, order: Order = "asc"
    ) -> Page[ThreadMetadata]:
        return await self.store.load_threads(limit, after, order, self.context())

    async def load_items(
        self, thread_id: str, limit: int = 100, after: str | None = None, order: Order = "asc"
    ) -> Page[ThreadItem]:
        return await self.store.load_thread_items(thread_id, after, limit, order, self.context())

    async def add(self, thread_id: str, item: ThreadItem) -> None:
        await self.store.add_thread_item(thread_id, item, self.context())

    async def save(self, thread_id: str, item: ThreadItem) -> None:
        await self.store.save_item(thread_id, item, self.context())

    async def load(self, thread_id: str, item_id: str) -> ThreadItem:
        return await self.store.load_item(thread_id, item_id, self.context())

    async def delete(self, thread_id: str, item_id: str) -> None:
        await self.store.delete_thread_item(thread_id, item_id, self.context())

    async def save_attachment(self, attachment: Attachment) -> None:
        await self.store.save_attachment(attachment, self.context())

    async def load_attachment(self, attachment_id: str) -> Attachment:
        return await self.store.load_attachment(attachment_id, self.context())

    async def delete_attachment(self, attachment_id: str) -> None:
        await self.store.delete_attachment(attachment_id, self.context())
