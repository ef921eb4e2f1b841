"""Answers are stopped, joined, reopened and lost while several processes serve them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from local_stack.model.assistant.wording import STORY
from tests.system.e2e.gate_rows import end_leases
from tests.system.e2e.gated_model import Words
from tests.system.e2e.service import Stack, User, stream_of
from tests.waiting import until

REQUEST = "Tell me a story"
# The number of words that the model says before it holds the answer.
HELD_AFTER = 20


@dataclass
class HeldAnswer:
    """A running answer: its thread, its turn and its events."""

    thread: str
    turn: str
    events: Iterator[dict[str, Any]]


@pytest.fixture
def stack(gated_stack: Stack) -> Stack:
    return gated_stack


def until_text(events: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    """Read events up to the answer's first words, and return them."""
    seen = []
    for event in events:
        seen.append(event)
        if "delta" in event.get("update", {}):
            return seen
    raise AssertionError(f"the answer ended without a word: {seen}")


@contextmanager
def held_answer(
    user: User, words: Words, text: str = REQUEST, thread: str | None = None
) -> Iterator[HeldAnswer]:
    """Start an answer and hold it after its first words. Stop it after the block."""
    words.only(HELD_AFTER)
    with user.saying(text, thread) as response:
        events = stream_of(response)
        seen = until_text(events)
        if thread is None:
            thread = seen[0]["thread"]["id"]
        turn = response.headers["x-chatkit-turn"]
        yield HeldAnswer(thread, turn, events)
        user.cancel(turn)
        words.all()


def text_so_far(user: User, thread: str) -> dict[str, Any]:
    """Wait for the item that shows the text so far, and return it."""

    def look() -> dict[str, Any] | None:
        running = (item for item in user.items(thread) if item["id"].startswith("running_"))
        return next(running, None)

    found = until(look)
    assert found is not None
    return found


def text_of(item: dict[str, Any]) -> str:
    return "".join(part["text"] for part in item["content"])


def test_stop_ends_the_answer_and_keeps_what_was_said(stack: Stack, words: Words) -> None:
    user = stack.user("lou")
    with held_answer(user, words) as answer:
        assert user.cancel(answer.turn).status_code == 202
        # The model holds its next word, so only the stop can end the answer.
        rest = list(answer.events)
    assert "error" not in {event["type"] for event in rest}
    [_, (kind, said)] = user.messages(answer.thread)
    assert kind == "assistant_message"
    assert said
    assert STORY.startswith(said)
    assert len(said.split()) <= HELD_AFTER
    assert user.say("Thanks", answer.thread).text == "You are welcome!"


def test_a_late_wrong_or_foreign_turn_id_stops_nothing(stack: Stack, words: Words) -> None:
    user, other = stack.user("mel"), stack.user("ned")
    late = user.say("Hi").headers["x-chatkit-turn"]
    with held_answer(user, words) as answer:
        assert user.cancel(late).status_code == 404
        assert user.cancel("turn_unknown").status_code == 404
        assert other.cancel(answer.turn).status_code == 404
        # A turn checks for a stop more often than it writes its text so far.
        text_so_far(user, answer.thread)
        words.all()
        list(answer.events)
    assert user.messages(answer.thread)[-1] == ("assistant_message", STORY)


def test_a_reload_in_the_middle_shows_the_text_so_far_and_then_the_message(
    stack: Stack, words: Words
) -> None:
    user, tab = stack.user("oda"), stack.user("oda")
    with held_answer(user, words) as answer:
        running = text_so_far(tab, answer.thread)
        assert STORY.startswith(text_of(running))
        opened = tab.ask("threads.get_by_id", thread_id=answer.thread).json()
        assert [item["type"] for item in opened["items"]["data"]] == [
            "user_message",
            "assistant_message",
        ]
        user.cancel(answer.turn)
        list(answer.events)
    [_, message] = tab.items(answer.thread)
    assert message["id"] != running["id"]
    assert text_of(message).startswith(text_of(running))


def test_second_tab_with_other_text_gets_409_and_with_the_same_text_joins(
    stack: Stack, words: Words
) -> None:
    user, tab = stack.user("pia"), stack.user("pia")
    thread = user.say("Hi").thread
    with held_answer(user, words, thread=thread) as answer:
        with tab.saying("Thanks", thread) as refused:
            assert refused.status_code == 409
            assert json.loads(refused.read())["code"] == "conflict"
        with tab.saying(REQUEST, thread) as joined:
            assert joined.headers["x-chatkit-turn"] == answer.turn
            joined_events = stream_of(joined)
            next(joined_events)
            user.cancel(answer.turn)
            ends = [list(answer.events)[-1], list(joined_events)[-1]]
    # The first turn, which was not stopped, has also left its end_of_turn item.
    assert [len(user.messages(thread)), len(user.items(thread))] == [4, 5]
    assert "error" not in {event["type"] for event in ends}


def test_the_same_first_message_in_another_tab_starts_its_own_thread(
    stack: Stack, words: Words
) -> None:
    user, tab = stack.user("quin"), stack.user("quin")
    with held_answer(user, words) as answer, tab.saying(REQUEST) as other:
        assert next(stream_of(other))["thread"]["id"] != answer.thread
        assert other.headers["x-chatkit-turn"] != answer.turn
        tab.cancel(other.headers["x-chatkit-turn"])


def test_a_thread_whose_process_died_accepts_the_next_message_after_the_lease(
    stack: Stack, words: Words
) -> None:
    user = stack.user("kai")
    words.only(HELD_AFTER)
    with user.saying("My name is Ada. Tell me a story") as response:
        events = stream_of(response)
        thread = until_text(events)[0]["thread"]["id"]
        stack.kill_chat()
        # The gateway cuts the connection, as AWS does, so the client sees an incomplete answer.
        with pytest.raises(httpx2.RemoteProtocolError):
            list(events)
    words.all()
    with user.saying("What is my name?", thread) as refused:
        assert (refused.status_code, json.loads(refused.read())["code"]) == (409, "conflict")
    assert user.say("Hi").text
    end_leases(stack, "kai")
    assert user.say("What is my name?", thread).text == "Your name is Ada."


def test_a_retry_whose_process_dies_loses_the_old_answer_too(stack: Stack, words: Words) -> None:
    user = stack.user("rob")
    first = user.say("What can you do?")
    message = user.items(first.thread)[0]["id"]
    asked = {"thread_id": first.thread, "item_id": message}
    body = {"type": "threads.retry_after_item", "params": asked}
    words.only(1)
    with stack.http.stream("POST", "/chatkit", json=body, headers=user.headers) as response:
        next(stream_of(response))
        stack.kill_chat()
    words.all()
    end_leases(stack, "rob")
    said = user.say("What did I ask?", first.thread).text
    assert said == 'You wrote: "What can you do?"'
    assert user.messages(first.thread) == [
        ("user_message", "What can you do?"),
        ("user_message", "What did I ask?"),
        ("assistant_message", said),
    ]
