"""Messages under ids of the store.

ChatKit takes a message's id from the model's event. The store lists items by their ids, so a
message gets one when its event arrives here: an item shown before it has got an earlier one.
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

    The model's ids have to be different for each message (`chat_api.model.output.output_items`).
    """

    def __init__(self, mint: Callable[[], str]) -> None:
        self._mint = mint
        self._minted: dict[str, str] = {}

    def rename(self, event: ThreadStreamEvent) -> ThreadStreamEvent:
        """Return the event under our id, or any other event as it is."""
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
