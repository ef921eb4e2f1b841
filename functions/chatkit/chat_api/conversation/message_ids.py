"""Assistant messages under ids of our own.

ChatKit uses the id from the model's event. The store lists items in the order of their ids, so each
message gets a minted id when its first event arrives. That id sorts after the ids of all items
shown before.
"""

from collections.abc import Callable

from chatkit.types import (
    AssistantMessageItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
)


class MessageIds:
    """Gives each assistant message of a turn one minted id, from added to done.

    The model's ids must differ for each message (`chat_api.model.output.output_items`).
    """

    def __init__(self, mint: Callable[[], str]) -> None:
        self._mint = mint
        self._minted: dict[str, str] = {}

    def rename(self, event: ThreadStreamEvent) -> ThreadStreamEvent:
        """Return an assistant message's event with our id, and any other event unchanged."""
        match event:
            case ThreadItemUpdatedEvent() | ThreadItemRemovedEvent():
                event.item_id = self._minted.get(event.item_id, event.item_id)
            case (
                ThreadItemAddedEvent(item=AssistantMessageItem() as item)
                | ThreadItemDoneEvent(item=AssistantMessageItem() as item)
            ):
                if item.id not in self._minted:
                    self._minted[item.id] = self._mint()
                event.item = item.model_copy(update={"id": self._minted[item.id]})
        return event
