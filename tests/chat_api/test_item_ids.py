from collections.abc import AsyncIterator
from datetime import datetime
from itertools import count

from chatkit.types import (
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ProgressUpdateEvent,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
)

from chat_api.item_ids import under_minted_ids

CREATED = datetime.fromisoformat("2026-11-21T09:00:00+00:00")
DELTA = AssistantMessageContentPartTextDelta(content_index=0, delta="x")


def message(item_id: str) -> AssistantMessageItem:
    return AssistantMessageItem(id=item_id, thread_id="t", created_at=CREATED, content=[])


def added(item_id: str) -> ThreadStreamEvent:
    return ThreadItemAddedEvent(item=message(item_id))


def done(item_id: str) -> ThreadStreamEvent:
    return ThreadItemDoneEvent(item=message(item_id))


def updated(item_id: str) -> ThreadStreamEvent:
    return ThreadItemUpdatedEvent(item_id=item_id, update=DELTA)


async def ids(*events: ThreadStreamEvent) -> list[str]:
    async def stream() -> AsyncIterator[ThreadStreamEvent]:
        for event in events:
            yield event

    numbers = count(1)
    found = []
    async for event in under_minted_ids(stream(), lambda: f"msg_{next(numbers)}"):
        match event:
            case ThreadItemAddedEvent(item=item) | ThreadItemDoneEvent(item=item):
                found.append(item.id)
            case ThreadItemUpdatedEvent(item_id=item_id) | ThreadItemRemovedEvent(item_id=item_id):
                found.append(item_id)
            case _:
                found.append("")
    return found


async def test_a_message_has_one_minted_id_from_added_to_done() -> None:
    assert await ids(added("m"), updated("m"), done("m")) == ["msg_1"] * 3


async def test_two_messages_under_one_model_id_become_two() -> None:
    fake = "__fake_id__"
    events = [added(fake), updated(fake), done(fake), added(fake), updated(fake), done(fake)]
    assert await ids(*events) == ["msg_1"] * 3 + ["msg_2"] * 3


async def test_two_messages_streamed_at_once_keep_apart() -> None:
    events = [added("a"), added("b"), updated("a"), updated("b"), done("a"), done("b")]
    assert await ids(*events) == ["msg_1", "msg_2"] * 3


async def test_a_message_that_is_only_done_gets_an_id_too() -> None:
    assert await ids(done("m")) == ["msg_1"]


async def test_every_message_of_a_removed_model_id_is_removed() -> None:
    events = [added("m"), done("m"), added("m"), ThreadItemRemovedEvent(item_id="m")]
    assert await ids(*events) == ["msg_1", "msg_1", "msg_2", "msg_1", "msg_2"]


async def test_other_events_and_other_ids_pass_unchanged() -> None:
    events = [ProgressUpdateEvent(text="…"), updated("wf_1"), ThreadItemRemovedEvent(item_id="w")]
    assert await ids(*events) == ["", "wf_1", "w"]
