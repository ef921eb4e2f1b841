"""The stores that the bench compares ours with are correct."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from chatkit.store import NotFoundError
from chatkit.types import AssistantMessageContent, AssistantMessageItem, ThreadMetadata

from chat_api.request_context import RequestContext
from chat_api.turn_state import TurnState
from store_costs.conversation import CREATED, Conversations
from store_costs.rivals import ReadsAll, Rows, WholeRecord

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

THREAD = ThreadMetadata(id="thr_1", created_at=CREATED, title="Groceries")
BOB = RequestContext(user="bob", session_id="s2", turn=TurnState("turn_2"))


@pytest.fixture(params=[ReadsAll, WholeRecord])
async def rival(
    request: pytest.FixtureRequest, client: "DynamoDBClient", context: RequestContext
) -> Conversations:
    store: Conversations = request.param(Rows(client, "threads", "rival"))
    await store.save_thread(THREAD, context)
    return store


def message(number: int, text: str = "") -> AssistantMessageItem:
    """Return a message whose id does not sort by time, like those of other stores."""
    return AssistantMessageItem(
        id=f"msg_{-number % 7}",
        thread_id=THREAD.id,
        created_at=CREATED + timedelta(seconds=number),
        content=[AssistantMessageContent(text=text or str(number))],
    )


async def pages(rival: Conversations, order: str, context: RequestContext) -> list[list[str]]:
    found, after = [], None
    while True:
        page = await rival.load_thread_items(THREAD.id, after, 2, order, context)
        found.append([item.id for item in page.data])
        if not page.has_more:
            return found
        after = page.after


async def test_a_thread_is_read_as_it_was_written(
    rival: Conversations, context: RequestContext
) -> None:
    await rival.add_thread_item(THREAD.id, message(1), context)
    await rival.save_thread(THREAD.model_copy(update={"title": "Milk"}), context)
    read = await rival.load_thread(THREAD.id, context)
    assert (read.id, read.title, read.created_at) == (THREAD.id, "Milk", CREATED)
    assert await pages(rival, "asc", context) == [[message(1).id]]


async def test_another_users_thread_is_not_found(rival: Conversations) -> None:
    with pytest.raises(NotFoundError, match="Thread thr_1 not found"):
        await rival.load_thread(THREAD.id, BOB)


async def test_items_page_by_their_time_in_both_orders(
    rival: Conversations, context: RequestContext
) -> None:
    for number in (3, 1, 4, 2, 5):
        await rival.add_thread_item(THREAD.id, message(number), context)
    one, two, three, four, five = [message(number).id for number in range(1, 6)]
    assert await pages(rival, "asc", context) == [[one, two], [three, four], [five]]
    assert await pages(rival, "desc", context) == [[five, four], [three, two], [one]]


async def test_adding_the_same_item_again_succeeds_and_another_with_its_id_fails(
    rival: Conversations, context: RequestContext
) -> None:
    await rival.add_thread_item(THREAD.id, message(1), context)
    await rival.add_thread_item(THREAD.id, message(1), context)
    with pytest.raises(ValueError, match="exists already"):
        await rival.add_thread_item(THREAD.id, message(1, "other"), context)
    page = await rival.load_thread_items(THREAD.id, None, 10, "asc", context)
    assert page.data == [message(1)]


async def test_a_deleted_item_is_gone(rival: Conversations, context: RequestContext) -> None:
    for number in (1, 2):
        await rival.add_thread_item(THREAD.id, message(number), context)
    await rival.delete_thread_item(THREAD.id, message(1).id, context)
    assert await pages(rival, "asc", context) == [[message(2).id]]


async def test_a_listing_longer_than_one_query_is_read_completely(
    client: "DynamoDBClient", context: RequestContext
) -> None:
    rival = ReadsAll(Rows(client, "threads", "all"))
    for number in range(1, 7):
        await rival.add_thread_item(THREAD.id, message(number, "x" * 250_000), context)
    page = await rival.load_thread_items(THREAD.id, None, 10, "asc", context)
    assert len(page.data) == 6


async def test_two_owners_share_a_table_without_conflicts(
    client: "DynamoDBClient", context: RequestContext
) -> None:
    one, other = (Rows(client, "threads", owner) for owner in ("all", "whole"))
    await ReadsAll(one).save_thread(THREAD, context)
    with pytest.raises(NotFoundError):
        await WholeRecord(other).load_thread(THREAD.id, context)
