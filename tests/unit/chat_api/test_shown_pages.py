"""Pages hold only visible items, up to a byte limit, and miss none of them."""

import pytest
from agents.testing import assistant_message
from chatkit.types import HiddenContextItem, SDKHiddenContextItem

from chat_api.store.dynamo import DynamoStore
from chat_api.store.items import PAGE_BYTES
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.store.conversation import CREATED, big_text, message, request_of
from tests.unit.chat_api.wire import thread_of

PRESSES = 30


@pytest.fixture
async def thread(chat: Chat) -> str:
    """Return a thread with a question, an answer and an end-of-turn item."""
    chat.model.extend([[assistant_message("Hello!")]])
    return thread_of(await chat.say("Hi"))


async def hide(store: DynamoStore, thread: str, count: int) -> None:
    for number in range(count):
        kind = HiddenContextItem if number % 2 else SDKHiddenContextItem
        item = kind(
            id=store.mint("sdk_hidden_context"),
            thread_id=thread,
            created_at=CREATED,
            content="pressed",
        )
        await store.add_thread_item(thread, item, request_of("alice"))


async def stored_answers(store: DynamoStore, chat: Chat, thread: str, *texts: str) -> list[str]:
    """Store answers and return their ids."""
    owner = await store.load_thread(thread, request_of("alice"))
    items = [message(store, owner, text) for text in texts]
    for item in items:
        await store.add_thread_item(thread, item, request_of("alice"))
    return [item.id for item in items]


async def pages(chat: Chat, thread: str, order: str, limit: int) -> list[list[str]]:
    """Return the ids of each page of a listing."""
    found: list[list[str]] = []
    after: dict[str, str] = {}
    while True:
        answer = await chat.send("items.list", thread_id=thread, order=order, limit=limit, **after)
        page = answer.json()
        found.append([item["id"] for item in page["data"]])
        if not page["has_more"]:
            return found
        assert found[-1], "a page with more to come shows something"
        assert page["after"] == found[-1][-1]
        after = {"after": page["after"]}


@pytest.mark.parametrize(("limit", "order"), [(1, "asc"), (3, "desc")])
async def test_hidden_items_do_not_count_toward_a_page(
    chat: Chat, store: DynamoStore, thread: str, order: str, limit: int
) -> None:
    first = [item["id"] for item in await chat.shown(thread)]
    await hide(store, thread, PRESSES)
    last = await stored_answers(store, chat, thread, "Goodbye!")
    shown = first + last if order == "asc" else last + first[::-1]
    wanted = [shown[start : start + limit] for start in range(0, len(shown), limit)]
    assert await pages(chat, thread, order, limit) == wanted


async def test_reloaded_chat_shows_messages_before_many_presses(
    chat: Chat, store: DynamoStore, thread: str
) -> None:
    shown = await chat.shown(thread)
    await hide(store, thread, PRESSES)
    newest = (await chat.send("items.list", thread_id=thread, order="desc", limit=30)).json()
    assert newest["data"] == shown[::-1]
    assert not newest["has_more"]


async def test_thread_that_starts_with_many_presses_opens_with_its_messages(
    chat: Chat, store: DynamoStore, thread: str
) -> None:
    items = await chat.shown(thread)
    for item in items:
        await store.delete_thread_item(thread, item["id"], request_of("alice"))
    await hide(store, thread, PRESSES)
    ids = await stored_answers(store, chat, thread, *map(str, range(21)))
    opened = (await chat.send("threads.get_by_id", thread_id=thread)).json()["items"]
    assert [item["id"] for item in opened["data"]] == ids[:20]
    assert (opened["has_more"], opened["after"]) == (True, ids[19])


async def test_turn_still_reads_hidden_items(store: DynamoStore, thread: str) -> None:
    await hide(store, thread, 3)
    page = await store.load_thread_items(thread, None, 3, "desc", request_of("alice"))
    assert {item.type for item in page.data} == {"hidden_context_item", "sdk_hidden_context"}


async def test_page_ends_before_its_byte_limit(chat: Chat, store: DynamoStore, thread: str) -> None:
    shown = [item["id"] for item in await chat.shown(thread)]
    # A page holds three of these; some are stored in a row, some in the bucket.
    shown += await stored_answers(store, chat, thread, *["x" * 300_000, big_text(1)] * 4)
    found = await pages(chat, thread, "desc", 100)
    assert [id for page in found for id in page] == shown[::-1]
    assert len(found) == 3
    answer = await chat.send("items.list", thread_id=thread, order="desc", limit=100)
    assert PAGE_BYTES / 2 < len(answer.content) <= PAGE_BYTES + 1_000


async def test_item_bigger_than_a_page_gets_its_own_page(
    chat: Chat, store: DynamoStore, thread: str
) -> None:
    before = [item["id"] for item in await chat.shown(thread)]
    [big, after] = await stored_answers(store, chat, thread, "x" * (PAGE_BYTES + 1), "small")
    assert await pages(chat, thread, "asc", 100) == [before, [big], [after]]
