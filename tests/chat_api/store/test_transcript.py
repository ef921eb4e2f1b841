from typing import Any

import pytest

from chat_api.context import ChatContext
from chat_api.store.dynamo import DynamoStore
from chat_api.store.transcript import Transcript

BOB = ChatContext(user="bob", session_id="s2", turn_id="turn_2")


def turn(text: str) -> list[Any]:
    return [{"role": "user", "content": text}, {"role": "assistant", "content": "ok"}]


@pytest.fixture
def messages(store: DynamoStore) -> list[str]:
    return [store.mint("message") for _ in range(50)]


async def test_earlier_turns_come_oldest_first(
    transcript: Transcript, messages: list[str], context: ChatContext
) -> None:
    for number in range(45):
        await transcript.save("t", messages[number], turn(str(number)), context)
    given = await transcript.before("t", messages[45], 1_000_000, context)
    assert given == [item for number in range(45) for item in turn(str(number))]


async def test_only_turns_before_the_message_are_given(
    transcript: Transcript, messages: list[str], context: ChatContext
) -> None:
    for number in range(3):
        await transcript.save("t", messages[number], turn(str(number)), context)
    assert await transcript.before("t", messages[1], 1_000_000, context) == turn("0")


async def test_whole_turns_are_given_as_long_as_the_budget_holds(
    transcript: Transcript, messages: list[str], context: ChatContext
) -> None:
    for number in range(4):
        await transcript.save("t", messages[number], turn("x" * 1000), context)
    given = await transcript.before("t", messages[4], 2500, context)
    assert given == turn("x" * 1000) * 2


async def test_a_turn_that_is_made_again_replaces_itself(
    transcript: Transcript, messages: list[str], context: ChatContext
) -> None:
    for text in ("first", "again"):
        await transcript.save("t", messages[0], turn(text), context)
    assert await transcript.before("t", messages[1], 1_000_000, context) == turn("again")


async def test_a_deleted_message_takes_its_turn_along(
    transcript: Transcript, store: DynamoStore, messages: list[str], context: ChatContext
) -> None:
    await transcript.save("t", messages[0], turn("gone"), context)
    await store.delete_thread_item("t", messages[0], context)
    assert await transcript.before("t", messages[1], 1_000_000, context) == []


async def test_another_user_s_turns_are_not_given(
    transcript: Transcript, messages: list[str], context: ChatContext
) -> None:
    await transcript.save("t", messages[0], turn("secret"), context)
    assert await transcript.before("t", messages[1], 1_000_000, BOB) == []
