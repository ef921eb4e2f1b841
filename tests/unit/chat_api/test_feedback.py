"""Feedback on answers: stored with the turn that wrote them, and shown again with the items."""

import json
from typing import Any

import boto3
import pytest
from agents.testing import assistant_message

from chat_api.request_cache import RequestCache
from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.store.feedback import Feedback
from chat_api.turn_state import TurnState
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.wire import of_type, thread_of, words


class Rated:
    """A thread with two answers, and the turns that wrote them."""

    def __init__(self, chat: Chat, thread: str, turns: list[str]) -> None:
        self.chat = chat
        self.thread = thread
        self.turns = turns

    async def items(self, kind: str) -> list[dict[str, Any]]:
        return of_type(await self.chat.shown(self.thread), kind)

    async def shown(self) -> list[str | None]:
        """Return the feedback that each end of an answer shows."""
        return [end.get("feedback") for end in await self.items("end_of_turn")]

    async def rate(self, kind: str, *ids: str) -> None:
        params: dict[str, Any] = {"thread_id": self.thread, "item_ids": ids, "kind": kind}
        answer = await self.chat.send("items.feedback", **params)
        assert (answer.status_code, answer.json()) == (200, {})


def afresh() -> RequestContext:
    return RequestContext("alice", "s1", TurnState("turn_2"), cache=RequestCache())


@pytest.fixture
async def rated(chat: Chat) -> Rated:
    chat.model.extend([[assistant_message("One.")], [assistant_message("Two.")]])
    first = await chat.send("threads.create", input=words("Hi"))
    thread = thread_of(chat.events(first))
    second = await chat.send("threads.add_user_message", thread_id=thread, input=words("And?"))
    return Rated(chat, thread, [each.headers["x-chatkit-turn"] for each in (first, second)])


@pytest.mark.parametrize("kind", ["assistant_message", "end_of_turn", "user_message"])
async def test_feedback_on_any_item_of_an_answer_is_stored_with_its_turn(
    rated: Rated, store: DynamoStore, kind: str
) -> None:
    items = await rated.items(kind)
    await rated.rate("negative", items[0]["id"])
    given = await store.load_feedback(rated.thread, [each["id"] for each in items], afresh())
    assert given == {items[0]["id"]: Feedback("negative", rated.turns[0])}
    assert await rated.shown() == ["negative", None]


async def test_feedback_on_items_of_two_answers_has_both_turns(
    rated: Rated, store: DynamoStore
) -> None:
    ids = [each["id"] for each in await rated.items("assistant_message")]
    await rated.rate("positive", *ids)
    given = await store.load_feedback(rated.thread, ids, afresh())
    assert [given[each].turn_id for each in ids] == rated.turns
    assert await rated.shown() == ["positive", "positive"]


async def test_opposite_feedback_replaces_the_first(rated: Rated) -> None:
    [end, _] = await rated.items("end_of_turn")
    for kind in ("positive", "negative"):
        await rated.rate(kind, end["id"])
        assert await rated.shown() == [kind, None]


async def test_feedback_of_an_older_version_is_shown_without_a_turn(
    rated: Rated, store: DynamoStore
) -> None:
    [end, _] = await rated.items("end_of_turn")
    await rated.rate("positive", end["id"])
    client = boto3.client("dynamodb")
    rows = client.scan(TableName="threads")["Items"]
    [row] = [row for row in rows if row["sk"]["S"].startswith("feedback#")]
    client.put_item(TableName="threads", Item=row | {"body": {"S": json.dumps("positive")}})
    given = await store.load_feedback(rated.thread, [end["id"]], afresh())
    assert given == {end["id"]: Feedback("positive")}
    assert await rated.shown() == ["positive", None]


async def test_stopped_answer_has_feedback_without_the_turn_of_the_next(
    rated: Rated, store: DynamoStore
) -> None:
    [end, _] = await rated.items("end_of_turn")
    await store.delete_thread_item(rated.thread, end["id"], afresh())
    [answer, _] = await rated.items("assistant_message")
    await rated.rate("positive", answer["id"])
    given = await store.load_feedback(rated.thread, [answer["id"]], afresh())
    assert given == {answer["id"]: Feedback("positive")}
    assert await rated.shown() == [None]


async def test_answer_that_is_written_again_has_no_feedback(rated: Rated) -> None:
    ends = await rated.items("end_of_turn")
    await rated.rate("negative", *(each["id"] for each in ends))
    asked = await rated.items("user_message")
    rated.chat.model.extend([[assistant_message("Three.")]])
    params = {"thread_id": rated.thread, "item_id": asked[1]["id"]}
    await rated.chat.send("threads.retry_after_item", **params)
    assert await rated.shown() == ["negative", None]


async def test_page_without_the_end_of_an_answer_reads_no_feedback(
    rated: Rated, requests: list[str]
) -> None:
    requests.clear()
    params: dict[str, Any] = {"thread_id": rated.thread, "limit": 1, "order": "asc"}
    answer = await rated.chat.send("items.list", **params)
    assert [item["type"] for item in answer.json()["data"]] == ["user_message"]
    without = requests.count("Query")
    requests.clear()
    await rated.chat.shown(rated.thread)
    assert requests.count("Query") == without + 1
