from typing import Any

import pytest
from chatkit.types import ThreadMetadata

from chat_api.context import ChatContext
from chat_api.store.dynamo import DynamoStore
from chat_api.store.transcript import Transcript
from tests.chat_api.store.conversation import new_thread, request_of


def turn(text: str) -> list[Any]:
    return [{"role": "user", "content": text}, {"role": "assistant", "content": "ok"}]


@pytest.fixture
async def thread(store: DynamoStore) -> ThreadMetadata:
    return await new_thread(store)


@pytest.fixture
def messages(store: DynamoStore) -> list[str]:
    return [store.mint("message") for _ in range(50)]


async def test_earlier_turns_come_oldest_first(
    transcript: Transcript, thread: ThreadMetadata, messages: list[str], context: ChatContext
) -> None:
    for number in range(45):
        await transcript.save(thread.id, messages[number], turn(str(number)), context)
    given = (await transcript.before(thread.id, messages[45], 1_000_000, context)).turns
    assert given == [item for number in range(45) for item in turn(str(number))]


async def test_only_turns_before_the_message_are_given(
    transcript: Transcript, thread: ThreadMetadata, messages: list[str], context: ChatContext
) -> None:
    for number in range(3):
        await transcript.save(thread.id, messages[number], turn(str(number)), context)
    assert (await transcript.before(thread.id, messages[1], 1_000_000, context)).turns == turn("0")


async def test_whole_turns_are_given_as_long_as_the_budget_holds(
    transcript: Transcript, thread: ThreadMetadata, messages: list[str], context: ChatContext
) -> None:
    for number in range(4):
        await transcript.save(thread.id, messages[number], turn("x" * 1000), context)
    given = (await transcript.before(thread.id, messages[4], 2500, context)).turns
    assert given == turn("x" * 1000) * 2


async def test_a_turn_that_is_made_again_replaces_itself(
    transcript: Transcript, thread: ThreadMetadata, messages: list[str], context: ChatContext
) -> None:
    for text in ("first", "again"):
        await transcript.save(thread.id, messages[0], turn(text), context)
    assert (await transcript.before(thread.id, messages[1], 1_000_000, context)).turns == turn(
        "again"
    )


async def test_a_deleted_message_takes_its_turn_along(
    transcript: Transcript,
    thread: ThreadMetadata,
    store: DynamoStore,
    messages: list[str],
    context: ChatContext,
) -> None:
    await transcript.save(thread.id, messages[0], turn("gone"), context)
    await store.delete_thread_item(thread.id, messages[0], context)
    assert (await transcript.before(thread.id, messages[1], 1_000_000, context)).turns == []


async def test_another_user_s_turns_are_not_given(
    transcript: Transcript, thread: ThreadMetadata, messages: list[str], context: ChatContext
) -> None:
    await transcript.save(thread.id, messages[0], turn("secret"), context)
    assert (
        await transcript.before(thread.id, messages[1], 1_000_000, request_of("bob"))
    ).turns == []
