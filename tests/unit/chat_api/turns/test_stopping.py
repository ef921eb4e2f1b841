"""Incomplete answers: stopped, out of time or lost."""

import asyncio
from typing import Any

from agents.testing import assistant_message
from chatkit.types import UserMessageItem

from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.turn_state import TurnState
from chatcore.gate.admission import Requester
from tests.loop_clock import LoopClock
from tests.unit.chat_api.store.conversation import CREATED
from tests.unit.chat_api.turns.turn_events import shown, wait_for_text, wait_for_thread
from tests.unit.chat_api.wire import thread_of, types, words

STOPPED = "The answer was stopped here before its end."


def texts(given: list[Any]) -> list[str]:
    """Return the texts of a model's input."""
    return [
        item["content"]
        if isinstance(item["content"], str)
        else "".join(part["text"] for part in item["content"])
        for item in given
    ]


async def stopped(here: Any, slow: Any) -> tuple[str, list[dict[str, Any]]]:
    """Stop a thread's first answer halfway; return the thread and the streamed events."""
    here.model.extend([slow.step])
    asking = asyncio.create_task(here.say("Tell me a story"))
    thread = await wait_for_thread(here)
    await wait_for_text(here, thread)
    [running] = here.gate.row("alice").turns
    assert here.gate.cancel_turn("alice", running.id)
    return thread, await asking


async def test_a_stopped_answer_ends_normally_and_keeps_its_text(here: Any, slow: Any) -> None:
    thread, received = await stopped(here, slow)
    assert "error" not in types(received)
    assert slow.after == 0
    [_, answer] = await shown(here, thread)
    assert answer["content"][0]["text"] == "Once upon "
    assert not answer["id"].startswith("running_")
    assert here.gate.row("alice").turns == []


async def test_a_stopped_answer_is_counted_even_without_usage_from_the_model(
    here: Any, slow: Any, gate_clock: Any, logged: list[dict[str, Any]]
) -> None:
    await stopped(here, slow)
    [line] = [line for line in logged if line["message"] == "turn_closed"]
    assert line["tokens_in"] >= len("Tell me a story") // 4
    assert line["tokens_out"] >= len("Once upon ") // 4
    used = line["tokens_in"] + line["tokens_out"]
    assert line["tokens_estimated"] == used
    assert here.gate.row("alice").tokens_today(gate_clock()) == used


async def test_a_stopped_answer_is_marked_as_the_sdk_marks_it(
    here: Any, slow: Any, store: DynamoStore
) -> None:
    thread, _ = await stopped(here, slow)
    alice = RequestContext("alice", "s1", TurnState("turn_1"))
    items = (await store.load_thread_items(thread, None, 20, "asc", alice)).data
    assert [item.type for item in items] == [
        "user_message",
        "assistant_message",
        "sdk_hidden_context",
    ]


async def test_the_model_sees_that_its_answer_was_stopped(here: Any, slow: Any) -> None:
    thread, _ = await stopped(here, slow)
    here.model.extend([[assistant_message("You are welcome.")], [assistant_message("Yes.")]])
    for said in ("Thanks", "Sure?"):
        await here.say(said, thread)
    first, cut, notice, *rest = texts(here.model.last_call.input)
    assert (first, cut) == ("Tell me a story", "Once upon ")
    assert STOPPED in notice
    assert rest == ["Thanks", "You are welcome.", "Sure?"]


async def test_a_turn_out_of_time_keeps_its_text_and_reports_it(
    container: Any, slow: Any, loop_clock: LoopClock
) -> None:
    here = container(seconds_left=900.0)
    here.model.extend([slow.step])
    asking = asyncio.create_task(here.say("Tell me a story"))
    await wait_for_text(here, await wait_for_thread(here))
    loop_clock.skip(900.0)
    received = await asking
    assert (received[-1]["type"], received[-1]["allow_retry"]) == ("error", True)
    assert "took too long" in received[-1]["message"]
    thread = thread_of(received)
    assert (await here.items(thread))[-1] == ("assistant_message", "Once upon ")
    here.model.extend([[assistant_message("Bye.")]])
    await here.say("Bye", thread)
    assert STOPPED in texts(here.model.last_call.input)[2]


async def test_a_message_whose_turn_was_lost_is_remembered_after_its_lease_ends(
    here: Any, there: Any, store: DynamoStore, gate_clock: Any
) -> None:
    here.model.extend([[assistant_message("Hello!")]])
    thread = thread_of(await here.say("Hi"))
    await lose_a_turn(here, store, thread, "My name is Ada")
    request = {"thread_id": thread, "input": words("What is my name?")}
    assert (await there.send("threads.add_user_message", **request)).status_code == 409
    gate_clock.ahead = 61
    there.model.extend([[assistant_message("Ada.")]])
    assert (await there.send("threads.add_user_message", **request)).status_code == 200
    *before, notice, now = texts(there.model.last_call.input)
    assert (before, now) == (["Hi", "Hello!", "My name is Ada"], "What is my name?")
    assert STOPPED in notice


async def test_a_first_message_whose_turn_was_lost_is_remembered(
    here: Any, store: DynamoStore, gate_clock: Any
) -> None:
    here.model.extend([[assistant_message("Hello!")], [assistant_message("Ada.")]])
    said = await here.say("Hi")
    thread = thread_of(said)
    alice = RequestContext("alice", "s1", TurnState("turn_1"))
    for item in (await store.load_thread_items(thread, None, 9, "desc", alice)).data:
        await store.delete_thread_item(thread, item.id, alice)
    await lose_a_turn(here, store, thread, "My name is Ada")
    gate_clock.ahead = 61
    await here.say("What is my name?", thread)
    assert texts(here.model.last_call.input)[0] == "My name is Ada"


async def lose_a_turn(chat: Any, store: DynamoStore, thread: str, text: str) -> None:
    """Leave the state of a container that dies right after it stores the message."""
    alice = RequestContext("alice", "s1", TurnState("turn_lost"))
    message = UserMessageItem.model_validate(
        words(text) | {"id": store.mint("message"), "thread_id": thread, "created_at": CREATED}
    )
    await store.add_thread_item(thread, message, alice)
    chat.gate.open_turn(Requester("alice", "s1"), thread, "turn_lost", seconds=30)
