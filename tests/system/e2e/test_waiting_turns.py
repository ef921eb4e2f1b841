"""A turn that waits survives the death of every process, before and after its answer."""

import httpx2
import pytest

from tests.system.e2e.gate_rows import end_leases
from tests.system.e2e.gated_model import Words
from tests.system.e2e.service import Stack, stream_of

ASK = 'Use ask_user with {"questions": [{"question": "Which one?"}]}'


@pytest.fixture
def stack(gated_stack: Stack) -> Stack:
    return gated_stack


def test_question_is_answered_in_another_process(stack: Stack) -> None:
    user = stack.user("xena")
    form = user.say(ASK).events[-1]["item"]
    stack.kill_chat()
    with user.answering(form, "the blue one") as response:
        events = list(stream_of(response))
    assert events[-1]["item"]["type"] == "end_of_turn"
    assert "the blue one" in user.messages(form["thread_id"])[-1][1]


def test_turn_that_waits_holds_no_environment(stack: Stack) -> None:
    user, other = stack.user("zoe"), stack.user("zack")
    user.say("Hello")
    stack.kill_chat()
    assert user.say(ASK).events[-1]["item"]["status"] == "pending"
    free = stack.chat_processes()
    # A busy environment would let Lambda start another one.
    other.say("Hello")
    assert stack.chat_processes() == free


def test_answer_whose_process_dies_is_accepted_again(stack: Stack, words: Words) -> None:
    user = stack.user("yuri")
    form = user.say(ASK).events[-1]["item"]
    words.only(1)
    with user.answering(form, "the blue one") as response:
        events = stream_of(response)
        next(event for event in events if "delta" in event.get("update", {}))
        stack.kill_chat()
        with pytest.raises(httpx2.RemoteProtocolError):
            list(events)
    words.all()
    end_leases(stack, "yuri")
    with user.answering(form, "the blue one") as response:
        assert list(stream_of(response))[-1]["item"]["type"] == "end_of_turn"
    kinds = [item["type"] for item in user.items(form["thread_id"])]
    assert kinds == ["user_message", "structured_input", "assistant_message", "end_of_turn"]
