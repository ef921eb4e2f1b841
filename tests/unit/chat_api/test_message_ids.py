"""Every message gets one minted id, whatever id the model gives it."""

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

from chat_api.conversation.message_ids import MessageIds

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


def ids(*events: ThreadStreamEvent) -> list[str]:
    numbers = count(1)
    message_ids = MessageIds(lambda: f"msg_{next(numbers)}")
    found = []
    for event in map(message_ids.rename, events):
        match event:
            case ThreadItemAddedEvent(item=item) | ThreadItemDoneEvent(item=item):
                found.append(item.id)
            case ThreadItemUpdatedEvent(item_id=item_id) | ThreadItemRemovedEvent(item_id=item_id):
                found.append(item_id)
            case _:
                found.append("")
    return found


def test_message_has_one_minted_id_from_added_to_done() -> None:
    assert ids(added("m"), updated("m"), done("m")) == ["msg_1"] * 3


def test_concurrently_streamed_messages_have_different_ids() -> None:
    events = [added("a"), added("b"), updated("a"), updated("b"), done("a"), done("b")]
    assert ids(*events) == ["msg_1", "msg_2"] * 3


def test_message_with_only_a_done_event_gets_an_id() -> None:
    assert ids(done("m")) == ["msg_1"]


def test_message_is_removed_by_its_minted_id() -> None:
    events = [added("m"), done("m"), ThreadItemRemovedEvent(item_id="m")]
    assert ids(*events) == ["msg_1"] * 3


def test_other_events_and_other_ids_pass_unchanged() -> None:
    events = [ProgressUpdateEvent(text="…"), updated("wf_1"), ThreadItemRemovedEvent(item_id="w")]
    assert ids(*events) == ["", "wf_1", "w"]
