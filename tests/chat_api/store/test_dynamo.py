from datetime import UTC, datetime
from itertools import chain
from typing import Any

import boto3
import pytest
from chatkit.store import NotFoundError
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    FileAttachment,
    Page,
    Thread,
    ThreadItem,
    ThreadMetadata,
    Workflow,
    WorkflowItem,
)

from chat_api.context import ChatContext
from chat_api.store.dynamo import DAY, DynamoStore
from chatcore.errors import TooLarge

CREATED = datetime(2026, 11, 21, 9, tzinfo=UTC)
BOB = ChatContext(user="bob", session_id="s2", turn_id="turn_2")


def thread_of(store: DynamoStore, context: ChatContext) -> ThreadMetadata:
    return ThreadMetadata(id=store.generate_thread_id(context), created_at=CREATED)


def message(store: DynamoStore, text: str = "hello", thread_id: str = "t") -> AssistantMessageItem:
    return AssistantMessageItem(
        id=store.mint("message"),
        thread_id=thread_id,
        created_at=CREATED,
        content=[AssistantMessageContent(text=text)],
    )


def rows() -> list[Any]:
    return boto3.client("dynamodb").scan(TableName="threads")["Items"]


async def texts(
    store: DynamoStore, context: ChatContext, limit: int, order: str, thread_id: str = "t"
) -> list[list[str]]:
    """Every page of a thread's items."""
    pages, after = [], None
    while True:
        page = await store.load_thread_items(thread_id, after, limit, order, context)
        pages.append([_text(item) for item in page.data])
        if not page.has_more:
            return pages
        after = page.after


def _text(item: ThreadItem) -> str:
    assert isinstance(item, AssistantMessageItem)
    return item.content[0].text


async def test_a_thread_is_read_as_it_was_written(store: DynamoStore, context: ChatContext) -> None:
    thread = thread_of(store, context)
    thread.title, thread.metadata = "Groceries", {"a": [1, {"b": None}]}
    await store.save_thread(thread, context)
    assert await store.load_thread(thread.id, context) == thread


async def test_the_items_of_a_full_thread_are_no_part_of_its_row(
    store: DynamoStore, context: ChatContext
) -> None:
    full = Thread(**thread_of(store, context).model_dump(), items=Page(data=[message(store)]))
    await store.save_thread(full, context)
    assert b"hello" not in str(rows()).encode()
    assert type(await store.load_thread(full.id, context)) is ThreadMetadata


async def test_a_naive_time_is_stored_in_utc(store: DynamoStore, context: ChatContext) -> None:
    thread = thread_of(store, context)
    thread.created_at = CREATED.astimezone().replace(tzinfo=None)
    await store.save_thread(thread, context)
    assert (await store.load_thread(thread.id, context)).created_at == CREATED


async def test_a_workflow_s_time_is_read_naive_for_the_sdk_s_arithmetic(
    store: DynamoStore, context: ChatContext
) -> None:
    item = WorkflowItem(
        id=store.mint("workflow"),
        thread_id="t",
        created_at=CREATED,
        workflow=Workflow(type="reasoning", tasks=[]),
    )
    await store.add_thread_item("t", item, context)
    read = await store.load_item("t", item.id, context)
    assert read.created_at == CREATED.astimezone().replace(tzinfo=None)


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 10])
async def test_items_page_in_both_orders_without_loss_or_repetition(
    store: DynamoStore, context: ChatContext, limit: int
) -> None:
    said = [str(number) for number in range(5)]
    for text in said:
        await store.add_thread_item("t", message(store, text), context)
    up = await texts(store, context, limit, "asc")
    down = await texts(store, context, limit, "desc")
    assert list(chain(*up)) == said
    assert list(chain(*down)) == said[::-1]
    assert all(len(page) <= limit for page in up + down)


async def test_a_page_tells_the_id_of_its_last_item(
    store: DynamoStore, context: ChatContext
) -> None:
    items = [message(store) for _ in range(3)]
    for item in items:
        await store.add_thread_item("t", item, context)
    page = await store.load_thread_items("t", None, 2, "asc", context)
    assert (page.after, page.has_more) == (items[1].id, True)


async def test_a_later_save_does_not_move_an_item(store: DynamoStore, context: ChatContext) -> None:
    items = [message(store, text) for text in ("one", "two")]
    for item in items:
        await store.add_thread_item("t", item, context)
    items[0].content[0].text = "changed"
    await store.save_item("t", items[0], context)
    assert await texts(store, context, 10, "asc") == [["changed", "two"]]


async def test_threads_are_listed_newest_first_and_paged(
    store: DynamoStore, context: ChatContext
) -> None:
    threads = [thread_of(store, context) for _ in range(3)]
    for thread in threads:
        await store.save_thread(thread, context)
    first = await store.load_threads(2, None, "desc", context)
    second = await store.load_threads(2, first.after, "desc", context)
    assert [thread.id for thread in first.data + second.data] == [t.id for t in threads[::-1]]
    assert (first.has_more, second.has_more) == (True, False)


async def test_adding_the_same_item_again_is_a_success(
    store: DynamoStore, context: ChatContext
) -> None:
    item = message(store)
    await store.add_thread_item("t", item, context)
    await store.add_thread_item("t", item, context)
    assert await texts(store, context, 10, "asc") == [["hello"]]


async def test_adding_another_item_under_the_same_id_is_an_error_and_changes_nothing(
    store: DynamoStore, context: ChatContext
) -> None:
    item = message(store)
    await store.add_thread_item("t", item, context)
    item.content[0].text = "other"
    with pytest.raises(ValueError, match=item.id):
        await store.add_thread_item("t", item, context)
    assert await texts(store, context, 10, "asc") == [["hello"]]


async def test_another_user_s_thread_and_items_look_missing(
    store: DynamoStore, context: ChatContext
) -> None:
    thread, item = thread_of(store, context), message(store)
    await store.save_thread(thread, context)
    await store.add_thread_item(thread.id, item, context)
    with pytest.raises(NotFoundError, match=f"Thread {thread.id} not found"):
        await store.load_thread(thread.id, BOB)
    with pytest.raises(NotFoundError):
        await store.load_item(thread.id, item.id, BOB)
    with pytest.raises(NotFoundError):
        await store.delete_thread(thread.id, BOB)
    assert (await store.load_thread_items(thread.id, None, 10, "asc", BOB)).data == []
    assert (await store.load_threads(10, None, "desc", BOB)).data == []
    assert len((await store.load_thread_items(thread.id, None, 10, "asc", context)).data) == 1


@pytest.mark.parametrize("user", ["alice#thread#t", "alice%23thread", "alice#", "a/b", "é#", "%"])
async def test_no_user_name_reaches_into_another_s_rows(store: DynamoStore, user: str) -> None:
    alice = ChatContext(user="alice", session_id="s", turn_id="t")
    other = ChatContext(user=user, session_id="s", turn_id="t")
    thread = thread_of(store, alice)
    await store.save_thread(thread, alice)
    await store.add_thread_item("t", message(store, "hers"), alice)
    await store.save_thread(own := thread_of(store, other), other)
    assert (await store.load_threads(10, None, "asc", other)).data == [own]
    assert await texts(store, other, 10, "asc") == [[]]
    assert (await store.load_threads(10, None, "asc", alice)).data == [thread]


@pytest.mark.parametrize("thread_id", ["", "t", "thr_", "thr_0", "#", "x" * 5000, "thr_é"])
async def test_an_id_that_was_never_minted_is_not_found(
    store: DynamoStore, context: ChatContext, thread_id: str
) -> None:
    with pytest.raises(NotFoundError):
        await store.load_thread(thread_id, context)
    with pytest.raises(NotFoundError):
        await store.load_item("t", thread_id, context)


async def test_an_item_is_not_found_under_an_id_of_another_kind(
    store: DynamoStore, context: ChatContext
) -> None:
    item = message(store)
    await store.add_thread_item("t", item, context)
    with pytest.raises(NotFoundError):
        await store.load_item("t", item.id.replace("msg_", "wf_"), context)


async def test_a_deleted_thread_is_gone_with_all_its_rows_but_the_tombstone(
    store: DynamoStore, context: ChatContext
) -> None:
    thread = thread_of(store, context)
    await store.save_thread(thread, context)
    for _ in range(30):
        await store.add_thread_item(thread.id, message(store), context)
    await store.delete_thread(thread.id, context)
    with pytest.raises(NotFoundError):
        await store.load_thread(thread.id, context)
    assert (await store.load_threads(10, None, "desc", context)).data == []
    [tombstone] = rows()
    assert tombstone["deleted"] == {"BOOL": True}


async def test_a_late_save_does_not_bring_a_deleted_thread_back(
    store: DynamoStore, context: ChatContext
) -> None:
    thread = thread_of(store, context)
    await store.save_thread(thread, context)
    await store.delete_thread(thread.id, context)
    with pytest.raises(NotFoundError):
        await store.save_thread(thread, context)
    assert (await store.load_threads(10, None, "desc", context)).data == []


async def test_deleting_again_finishes_what_was_cut_and_succeeds(
    store: DynamoStore, context: ChatContext
) -> None:
    thread = thread_of(store, context)
    await store.save_thread(thread, context)
    await store.delete_thread(thread.id, context)
    await store.add_thread_item(thread.id, message(store), context)
    await store.delete_thread(thread.id, context)
    assert len(rows()) == 1


async def test_expired_rows_are_never_shown_and_never_end_a_page_early(
    store: DynamoStore, context: ChatContext, clock: Any
) -> None:
    for text in ("old", "older"):
        await store.add_thread_item("t", message(store, text), context)
    clock.now += 20 * DAY
    for text in ("one", "two", "three"):
        await store.add_thread_item("t", message(store, text), context)
    clock.now += 15 * DAY
    assert await texts(store, context, 2, "asc") == [["one", "two"], ["three"]]


async def test_a_thread_in_use_lives_on_and_its_row_is_written_at_most_daily(
    store: DynamoStore, context: ChatContext, clock: Any
) -> None:
    thread = thread_of(store, context)
    await store.save_thread(thread, context)
    before = rows()
    await store.load_thread(thread.id, context)
    assert rows() == before
    for _ in range(3):
        clock.now += 20 * DAY
        assert await store.load_thread(thread.id, context) == thread
    clock.now += 30 * DAY
    with pytest.raises(NotFoundError):
        await store.load_thread(thread.id, context)


async def test_a_row_that_cannot_be_read_hides_no_other_and_is_logged(
    store: DynamoStore, context: ChatContext, logged: list[dict[str, Any]]
) -> None:
    items = [message(store, text) for text in ("one", "two", "three")]
    for item in items:
        await store.add_thread_item("t", item, context)
    spoiled = rows()[1] | {"body": {"S": '{"type": "hunter2"}'}}
    boto3.client("dynamodb").put_item(TableName="threads", Item=spoiled)
    assert await texts(store, context, 2, "asc") == [["one", "three"]]
    assert {line["message"] for line in logged} == {"row_unreadable"}
    assert "hunter2" not in str(logged)


async def test_a_big_body_is_compressed_and_read_back(
    store: DynamoStore, context: ChatContext
) -> None:
    text = "many words " * 10_000
    await store.add_thread_item("t", item := message(store, text), context)
    assert len(rows()[0]["body"]["B"]) < len(text) / 10
    assert await store.load_item("t", item.id, context) == item


async def test_a_body_that_fits_no_row_is_refused_before_anything_is_written(
    store: DynamoStore, context: ChatContext
) -> None:
    incompressible = "".join(chr(0x4E00 + (n * 7919) % 20_000) for n in range(400_000))
    with pytest.raises(TooLarge):
        await store.add_thread_item("t", message(store, incompressible), context)
    assert rows() == []


async def test_attachments_are_each_user_s_own(store: DynamoStore, context: ChatContext) -> None:
    attachment = FileAttachment(id="atc_1", name="a.txt", mime_type="text/plain")
    await store.save_attachment(attachment, context)
    assert await store.load_attachment("atc_1", context) == attachment
    with pytest.raises(NotFoundError):
        await store.load_attachment("atc_1", BOB)
    await store.delete_attachment("atc_1", context)
    with pytest.raises(NotFoundError):
        await store.load_attachment("atc_1", context)
