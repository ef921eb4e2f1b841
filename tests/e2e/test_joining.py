"""A request that is made again while it is being answered reaches another process."""

from typing import Any

from tests.e2e.service import stream_of


def test_a_repeated_first_message_is_told_the_running_answer(stack: Any) -> None:
    user = stack.user("rose")
    # Two processes are up then: the first answer is still being given when the second is asked for.
    with user.saying("Hi") as response:
        user.say("Thanks")
        list(stream_of(response))
    with user.saying("What can you do?") as response:
        stream = stream_of(response)
        created = next(stream)
        again = user.say("What can you do?")
        rest = list(stream)
    assert again.headers["x-chatkit-turn"] == response.headers["x-chatkit-turn"]
    assert again.thread == created["thread"]["id"]
    answers = [
        [
            (event["item"]["id"], event["item"]["content"])
            for event in events
            if event["type"] == "thread.item.done" and event["item"]["type"] == "assistant_message"
        ]
        for events in (rest, again.events)
    ]
    assert len(answers[0]) == 1
    assert answers[0] == answers[1]
    assert len(user.ask("threads.list").json()["data"]) == 3
