"""Items that wait for the page or the person."""

from chatkit.types import ClientToolCallItem, StructuredInputItem, ThreadItem

type PendingItem = ClientToolCallItem | StructuredInputItem


def is_pending(item: ThreadItem) -> bool:
    """Return whether an item waits for the page or the person."""
    return isinstance(item, ClientToolCallItem | StructuredInputItem) and item.status == "pending"
