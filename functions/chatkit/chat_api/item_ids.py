"""Items under ids of our own.

The SDK stores an assistant message under the model's id, which need not be unique: models reached
over Chat Completions give every message the same one, so that messages overwrite one another.
"""

from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Callable

from chatkit.types import (
    AssistantMessageItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
)


async def under_minted_ids(
    events: AsyncIterator[ThreadStreamEvent], mint: Callable[[], str]
) -> AsyncGenerator[ThreadStreamEvent]:
    """Give each assistant message one minted id, the same through added, updated and done."""
    running: dict[str, str] = {}
    minted: defaultdict[str, list[str]] = defaultdict(list)

    def begin(model_id: str) -> str:
        running[model_id] = mint()
        minted[model_id].append(running[model_id])
        return running[model_id]

    async for event in events:
        match event:
            case ThreadItemAddedEvent(item=AssistantMessageItem() as item):
                yield _with_item(event, item, begin(item.id))
            case ThreadItemDoneEvent(item=AssistantMessageItem() as item):
                yield _with_item(event, item, running.pop(item.id, "") or begin(item.id))
            case ThreadItemUpdatedEvent(item_id=model_id) if model_id in running:
                event.item_id = running[model_id]
                yield event
            case ThreadItemRemovedEvent(item_id=model_id) if model_id in minted:
                for item_id in minted.pop(model_id):
                    yield event.model_copy(update={"item_id": item_id})
            case _:
                yield event


def _with_item[E: (ThreadItemAddedEvent, ThreadItemDoneEvent)](
    event: E, item: AssistantMessageItem, item_id: str
) -> E:
    return event.model_copy(update={"item": item.model_copy(update={"id": item_id})})
