"""A request that is repeated during its answer reaches another process."""

import pytest

from tests.system.e2e.gated_model import Words
from tests.system.e2e.service import Stack, stream_of


@pytest.fixture
def stack(gated_stack: Stack) -> Stack:
    return gated_stack


def test_a_repeated_first_message_joins_the_running_answer(stack: Stack, words: Words) -> None:
    user = stack.user("rose")
    words.only(1)
    with user.saying("What can you do?") as response:
        stream = stream_of(response)
        created = next(stream)
        # The first process is busy with the held answer, so another process gets this request.
        with user.saying("What can you do?") as again:
            words.all()
            streams = [list(stream), list(stream_of(again))]
    assert again.headers["x-chatkit-turn"] == response.headers["x-chatkit-turn"]
    assert created["thread"]["id"] == streams[1][0]["thread"]["id"]
    answers = [
        [
            (event["item"]["id"], event["item"]["content"])
            for event in events
            if event["type"] == "thread.item.done" and event["item"]["type"] == "assistant_message"
        ]
        for events in streams
    ]
    assert len(answers[0]) == 1
    assert answers[0] == answers[1]
    assert len(user.ask("threads.list").json()["data"]) == 1
