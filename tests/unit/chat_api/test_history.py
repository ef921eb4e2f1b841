"""The part of a thread's history that the model receives."""

from typing import Any

import pytest
from agents.testing import assistant_message, function_call

from chat_api.conversation.history import History, left_out
from chat_api.conversation.replies import Replies
from chat_api.model.input.trimming import size_of
from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.store.transcript import Transcript
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.store.conversation import new_thread, request_of
from tests.unit.chat_api.wire import thread_of


def turn(text: str) -> list[Any]:
    call = {"type": "function_call", "call_id": text, "name": "f", "arguments": "{}"}
    result = {"type": "function_call_output", "call_id": text, "output": "x" * 400}
    return [{"role": "user", "content": text}, call, result]


async def thread_of_turns(
    store: DynamoStore, transcript: Transcript, turns: int
) -> tuple[str, str]:
    """Return a thread of this many turns and the id of the next message."""
    thread = await new_thread(store)
    context = request_of("alice")
    for number in range(turns):
        await transcript.save(thread.id, store.mint("message"), turn(f"{number:03}"), context)
    return thread.id, store.mint("message")


async def test_newest_whole_turns_are_given_with_a_line_about_omitted_ones(
    store: DynamoStore, transcript: Transcript, context: RequestContext
) -> None:
    thread, message = await thread_of_turns(store, transcript, 10)
    given = (
        await History(transcript, Replies(store, transcript)).before(
            thread, message, context, tokens=500
        )
    ).turns
    assert given == [left_out(), *turn("007"), *turn("008"), *turn("009")]


async def test_no_line_is_added_if_nothing_is_omitted(
    store: DynamoStore, transcript: Transcript, context: RequestContext
) -> None:
    thread, message = await thread_of_turns(store, transcript, 2)
    given = (
        await History(transcript, Replies(store, transcript)).before(
            thread, message, context, tokens=500
        )
    ).turns
    assert given == [*turn("000"), *turn("001")]


@pytest.mark.parametrize("budget", range(100, 900, 100))
async def test_every_call_has_its_result_at_any_budget(
    store: DynamoStore, transcript: Transcript, context: RequestContext, budget: int
) -> None:
    thread, message = await thread_of_turns(store, transcript, 6)
    given = (
        await History(transcript, Replies(store, transcript)).before(
            thread, message, context, tokens=budget
        )
    ).turns
    kinds = [item.get("type", "message") for item in given if item != left_out()]
    assert kinds == ["message", "function_call", "function_call_output"] * (len(kinds) // 3)


async def test_text_is_measured_in_utf_8_bytes(
    store: DynamoStore, transcript: Transcript, context: RequestContext
) -> None:
    thread = await new_thread(store)
    message = store.mint("message")
    turns = [{"role": "user", "content": "Привет" * 100}]
    await transcript.save(thread.id, message, turns, context)
    later = store.mint("message")
    assert (
        await History(transcript, Replies(store, transcript)).before(
            thread.id, later, context, tokens=320
        )
    ).turns == turns


async def test_turn_over_the_budget_is_shortened_with_a_line_about_earlier_ones(
    store: DynamoStore, transcript: Transcript, context: RequestContext
) -> None:
    thread = await new_thread(store)
    for text in ("old", "малина " * 5_000, "new"):
        question = {"role": "user", "content": text}
        answered = {"role": "assistant", "content": "ok"}
        await transcript.save(thread.id, store.mint("message"), [question, answered], context)
    later = store.mint("message")
    given = (
        await History(transcript, Replies(store, transcript)).before(
            thread.id, later, context, tokens=2_000
        )
    ).turns
    assert given[0] == left_out()
    texts = [item["content"] for item in given[1:]]
    assert texts[0].startswith("малина")
    assert "characters left out" in texts[0]
    assert texts[1:] == ["ok", "new", "ok"]
    assert size_of(given[1:]) <= 8_000


async def test_first_turn_over_the_budget_is_shortened_without_a_line(
    store: DynamoStore, transcript: Transcript, context: RequestContext
) -> None:
    thread = await new_thread(store)
    long = [{"role": "user", "content": "x" * 9_000}]
    await transcript.save(thread.id, store.mint("message"), long, context)
    [given] = (
        await History(transcript, Replies(store, transcript)).before(
            thread.id, store.mint("message"), context, tokens=2_000
        )
    ).turns
    assert given["content"].startswith("xxx")


async def test_turns_stored_by_an_older_version_are_converted(
    store: DynamoStore, transcript: Transcript, context: RequestContext
) -> None:
    thread = await new_thread(store)
    call = {"type": "function_call", "call_id": "c1", "name": "f.g", "arguments": '{"a": '}
    result = {"type": "function_call_output", "call_id": "c1", "output": "An error occurred."}
    old = [{"role": "user", "content": "Hi"}, {"type": "web_search_call"}, call, result]
    await transcript.save(thread.id, store.mint("message"), old, context)
    given = (
        await History(transcript, Replies(store, transcript)).before(
            thread.id, store.mint("message"), context, tokens=2_000
        )
    ).turns
    assert len(given) == 3
    assert (given[1]["name"], given[1]["arguments"]) == ("f_g", "{}")
    assert "not a JSON object" in given[2]["output"]


async def test_turn_in_a_thread_of_500_turns_makes_as_many_requests_as_in_one_of_100(
    store: DynamoStore, transcript: Transcript, requests: list[str]
) -> None:
    counts = []
    for turns in (100, 500):
        thread, message = await thread_of_turns(store, transcript, turns)
        requests.clear()
        given = (
            await History(transcript, Replies(store, transcript)).before(
                thread, message, request_of("alice"), tokens=8000
            )
        ).turns
        assert left_out() in given
        assert len(given) > 150
        counts.append(len(requests))
    assert counts[0] == counts[1] <= 4


async def test_tool_calls_are_remembered_with_their_results(chat: Chat) -> None:
    add = function_call("add_task", {"title": "buy milk"}, call_id="c1")
    chat.model.extend([[add], [assistant_message("Done.")], [assistant_message("Milk.")]])
    thread = thread_of(await chat.say("Add milk"))
    await chat.say("What did I want?", thread)
    kinds = [item.get("type", item.get("role")) for item in chat.last_call.input]
    assert kinds[:4] == ["message", "function_call", "function_call_output", "assistant"]
