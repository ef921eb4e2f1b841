"""The turns that are stored for the model."""

from typing import Any

import pytest
from chatkit.types import ThreadMetadata

from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.store.keys import thread_partition
from chat_api.store.rows import new_row
from chat_api.store.table import ThreadsTable
from chat_api.store.transcript import Transcript
from tests.unit.chat_api.conftest import Clock
from tests.unit.chat_api.store.conversation import new_thread, request_of


def turn(text: str) -> list[Any]:
    return [{"role": "user", "content": text}, {"role": "assistant", "content": "ok"}]


@pytest.fixture
async def thread(store: DynamoStore) -> ThreadMetadata:
    return await new_thread(store)


@pytest.fixture
def messages(store: DynamoStore) -> list[str]:
    return [store.mint("message") for _ in range(50)]


async def test_earlier_turns_come_oldest_first(
    transcript: Transcript, thread: ThreadMetadata, messages: list[str], context: RequestContext
) -> None:
    for number in range(45):
        await transcript.save(thread.id, messages[number], turn(str(number)), context)
    given = (await transcript.before(thread.id, messages[45], 1_000_000, context)).turns
    assert given == [item for number in range(45) for item in turn(str(number))]


async def test_only_turns_before_the_message_are_returned(
    transcript: Transcript, thread: ThreadMetadata, messages: list[str], context: RequestContext
) -> None:
    for number in range(3):
        await transcript.save(thread.id, messages[number], turn(str(number)), context)
    assert (await transcript.before(thread.id, messages[1], 1_000_000, context)).turns == turn("0")


async def test_whole_turns_are_returned_within_the_budget(
    transcript: Transcript, thread: ThreadMetadata, messages: list[str], context: RequestContext
) -> None:
    for number in range(4):
        await transcript.save(thread.id, messages[number], turn("x" * 1000), context)
    given = (await transcript.before(thread.id, messages[4], 2500, context)).turns
    assert given == turn("x" * 1000) * 2


@pytest.mark.parametrize("newer", [0, 3])
async def test_hundreds_of_expired_turns_need_only_a_few_requests(
    store: DynamoStore,
    transcript: Transcript,
    table: ThreadsTable,
    clock: Clock,
    thread: ThreadMetadata,
    requests: list[str],
    newer: int,
) -> None:
    partition = thread_partition("alice", thread.id)
    places = [f"transcript#{store.mint('message')[4:]}#msg" for _ in range(400)]
    await table.put_all([new_row(partition, place, "[]", clock.now - 1) for place in places])
    for text in map(str, range(newer)):
        message = store.mint("message")
        await transcript.save(thread.id, message, turn(text), request_of("alice"))
    requests.clear()
    context = request_of("alice")
    given = await transcript.before(thread.id, store.mint("message"), 1_000_000, context)
    assert len(given.turns) == 2 * newer
    assert requests.count("Query") <= 6


async def test_a_regenerated_turn_replaces_the_old_one(
    transcript: Transcript, thread: ThreadMetadata, messages: list[str], context: RequestContext
) -> None:
    for text in ("first", "again"):
        await transcript.save(thread.id, messages[0], turn(text), context)
    assert (await transcript.before(thread.id, messages[1], 1_000_000, context)).turns == turn(
        "again"
    )


async def test_deleting_a_message_deletes_its_turn(
    transcript: Transcript,
    thread: ThreadMetadata,
    store: DynamoStore,
    messages: list[str],
    context: RequestContext,
) -> None:
    await transcript.save(thread.id, messages[0], turn("gone"), context)
    await store.delete_thread_item(thread.id, messages[0], context)
    assert (await transcript.before(thread.id, messages[1], 1_000_000, context)).turns == []


async def test_another_users_turns_are_not_returned(
    transcript: Transcript, thread: ThreadMetadata, messages: list[str], context: RequestContext
) -> None:
    await transcript.save(thread.id, messages[0], turn("secret"), context)
    assert (
        await transcript.before(thread.id, messages[1], 1_000_000, request_of("bob"))
    ).turns == []
