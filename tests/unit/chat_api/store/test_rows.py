"""The rows that the store writes: their keys, their contents and their expiry."""

import re

import pytest
from chatkit.types import (
    FileAttachment,
    Page,
    Thread,
    UserMessageItem,
    Workflow,
    WorkflowItem,
)

from chat_api.store.dynamo import DynamoStore
from chat_api.store.retention import DAY
from chat_api.store.rows import dump, read_item
from chat_api.store.snapshots import Snapshot
from chat_api.store.transcript import Transcript
from tests.unit.chat_api.conftest import RETENTION_DAYS, Clock
from tests.unit.chat_api.store.conversation import (
    CREATED,
    message,
    new_thread,
    request_of,
    rows,
    say,
)

TIME_ORDERED = re.compile(r"[0-9a-z]{26}(?=#)")


def keys() -> set[tuple[str, str]]:
    """Return the keys of all rows without their time-ordered parts."""
    return {(row["pk"]["S"], TIME_ORDERED.sub("~", row["sk"]["S"])) for row in rows()}


def days_left(clock: Clock) -> dict[str, float]:
    """Return the number of days after which each kind of row expires."""
    return {
        row["sk"]["S"].split("#")[0]: (int(row["expires_at"]["N"]) - clock.now) / DAY
        for row in rows()
    }


async def test_every_row_has_the_keys_that_the_key_table_shows(
    store: DynamoStore, transcript: Transcript, clock: Clock
) -> None:
    alice = request_of("al#ice")
    thread = Thread(id="t/1", created_at=CREATED, items=Page())
    await store.save_thread(thread, alice)
    item, imported = message(store, thread), message(store, thread, id="m#1")
    for each in (item, imported):
        await store.add_thread_item("t/1", each, alice)
    await store.save_feedback("t/1", [item.id], "positive", alice)
    await transcript.save("t/1", item.id, [], alice)
    turn = Snapshot("turn#1", "so far", clock.now, clock.now + 60)
    await store.snapshots.write("t/1", turn, alice)
    await store.save_attachment(FileAttachment(id="a#1", name="a", mime_type="a/b"), alice)
    user, inside = "user#al%23ice", "user#al%23ice#thread#t%2F1"
    assert keys() == {
        (user, "thread#~#foreign"),
        (user, "pointer#t%2F1"),
        (user, "attachment#a%231"),
        (inside, "item#~#msg"),
        (inside, "item#~#foreign"),
        (inside, "pointer#m%231"),
        (inside, "feedback#~#msg"),
        (inside, "transcript#~#msg"),
        (inside, "turn#turn%231"),
    }


async def test_each_row_expires_when_it_should(
    store: DynamoStore, transcript: Transcript, clock: Clock
) -> None:
    thread = await new_thread(store, "imported")
    [item] = await say(store, thread, "hello")
    alice = request_of("alice")
    await store.save_feedback(thread.id, [item.id], "positive", alice)
    await transcript.save(thread.id, item.id, [], alice)
    turn = Snapshot("turn_1", "so far", clock.now, clock.now + DAY)
    await store.snapshots.write(thread.id, turn, alice)
    assert days_left(clock) == {
        "thread": RETENTION_DAYS,
        "pointer": RETENTION_DAYS + 1,
        "item": RETENTION_DAYS,
        "feedback": RETENTION_DAYS,
        "transcript": RETENTION_DAYS,
        "turn": 1,
    }


async def test_a_tombstone_holds_no_thread_data_and_expires_after_a_week(
    store: DynamoStore, clock: Clock
) -> None:
    thread = await new_thread(store)
    await store.delete_thread(thread.id, request_of("alice"))
    assert days_left(clock) == {"deleted": 7}
    [tombstone] = rows()
    assert set(tombstone) == {"pk", "sk", "deleted", "expires_at"}


async def test_a_thread_in_use_is_written_at_most_once_a_day(
    store: DynamoStore, clock: Clock, requests: list[str]
) -> None:
    thread = await new_thread(store)
    clock.now += DAY - 1
    await store.load_thread(thread.id, request_of("alice"))
    assert "UpdateItem" not in requests
    clock.now += 1
    for _ in range(3):
        await store.load_thread(thread.id, request_of("alice"))
    assert requests.count("UpdateItem") == 1
    assert days_left(clock) == {"thread": RETENTION_DAYS}


async def test_saving_a_thread_extends_its_life(store: DynamoStore, clock: Clock) -> None:
    thread = await new_thread(store)
    clock.now += 10 * DAY
    await store.save_thread(thread, request_of("alice"))
    assert days_left(clock) == {"thread": RETENTION_DAYS}


async def test_using_an_imported_thread_extends_its_pointer_too(
    store: DynamoStore, clock: Clock
) -> None:
    thread = await new_thread(store, "imported")
    for _ in range(3):
        clock.now += 20 * DAY
        assert await store.load_thread(thread.id, request_of("alice")) == thread
    assert days_left(clock) == {"thread": RETENTION_DAYS, "pointer": RETENTION_DAYS + 1}


@pytest.mark.parametrize(("text", "kind"), [("short", "S"), ("many words " * 10_000, "B")])
async def test_a_body_is_json_and_compressed_when_it_is_long(
    store: DynamoStore, text: str, kind: str
) -> None:
    thread = await new_thread(store)
    [item] = await say(store, thread, text)
    [stored] = [row for row in rows() if row["sk"]["S"].startswith("item#")]
    [(stored_kind, value)] = stored["body"].items()
    assert stored_kind == kind
    assert len(value) < 1024
    assert await store.load_item(thread.id, item.id, request_of("alice")) == item


async def test_the_items_of_a_thread_are_not_stored_in_its_row(store: DynamoStore) -> None:
    thread = await new_thread(store)
    full = Thread(**thread.model_dump(), items=Page(data=[message(store, thread, "secret")]))
    await store.save_thread(full, request_of("alice"))
    assert "secret" not in str(rows())


async def test_a_naive_time_is_stored_in_utc(zone_other_than_utc: None, store: DynamoStore) -> None:
    naive = CREATED.astimezone().replace(tzinfo=None)
    thread = await new_thread(store, created_at=naive)
    assert (await store.load_thread(thread.id, request_of("alice"))).created_at == CREATED


async def test_an_item_is_read_with_every_field_that_was_stored(store: DynamoStore) -> None:
    thread = await new_thread(store)
    item = UserMessageItem.model_validate(
        {
            "id": store.mint("message"),
            "thread_id": thread.id,
            "created_at": CREATED,
            "content": [{"type": "input_text", "text": "hi"}],
            "attachments": [
                {
                    "type": "file",
                    "id": "a",
                    "name": "a.txt",
                    "mime_type": "text/plain",
                    "metadata": {"kept": [1, {"deep": True}]},
                }
            ],
            "inference_options": {"model": "m"},
            "quoted_text": "quoted",
        }
    )
    await store.add_thread_item(thread.id, item, request_of("alice"))
    assert await store.load_item(thread.id, item.id, request_of("alice")) == item


def test_a_workflows_time_is_read_as_a_naive_one_for_the_sdks_arithmetic(
    zone_other_than_utc: None,
) -> None:
    item = WorkflowItem(
        id="wf_1",
        thread_id="t",
        created_at=CREATED,
        workflow=Workflow(type="reasoning", tasks=[]),
    )
    read = read_item(dump(item).encode())
    assert read.created_at == CREATED.astimezone().replace(tzinfo=None)
