"""Changes of a thread by the assistant: its status and its metadata."""

from collections.abc import Mapping
from typing import Any

from chatkit.types import ThreadMetadata, ThreadStatus

from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore


async def change_thread(
    thread: ThreadMetadata,
    store: DynamoStore,
    context: RequestContext,
    *,
    status: ThreadStatus | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> None:
    """Change the stored thread, and then `thread` to what is stored.

    A title that was given meanwhile stays, and so do unsaved changes of `thread`. `metadata` holds
    the keys to change; None removes a key.
    """

    def changed(stored: ThreadMetadata) -> ThreadMetadata:
        merged = {**stored.metadata, **(metadata or {})}
        kept = {key: value for key, value in merged.items() if value is not None}
        return stored.model_copy(update={"status": status or stored.status, "metadata": kept})

    await store.save_thread(thread, context)
    stored = await store.change_thread(thread.id, changed, context)
    # Later saves of this request must not repeat the change: another request may undo it.
    context.cache.threads[thread.id] = stored.model_copy(deep=True)
    for name in ThreadMetadata.model_fields:
        setattr(thread, name, getattr(stored, name))
