"""Answers that are incomplete: stopped, out of time or lost."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from agents.testing import assistant_message
from chatkit.types import UserMessageItem

from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.turn_state import TurnState
from chatcore.gate.admission import Requester
from tests.loop_clock import LoopClock
from tests.unit.chat_api.conftest import GateClock
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.store.conversation import CREATED
from tests.unit.chat_api.turns.conftest import Environment, Slow
from tests.unit.chat_api.turns.turn_events import shown, wait_for_text, wait_for_thread
from tests.unit.chat_api.wire import thread_of, types, words

STOPPED = "The answer was stopped here before its end."


def model_texts(environment: Environment) -> list[str]:
    """Return the texts of the last input that the environment's model received."""
    assert environment.model.last_call
    given: Any = environment.model.last_call.input
    return [
        item["content"]
        if isinstance(item["content"], str)
        else "".join(part["text"] for part in item["content"])
        for item in given
    ]


async def stopped(first_environment: Environment, slow: Slow) -> tuple[str, Sequence[Any]]:
    """Stop a thread's first answer halfway; return the thread and the streamed events."""
    first_environment.model.extend([slow.step])
    pending = asyncio.create_task(first_environment.say("Tell me a story"))
    thread = await wait_for_thread(first_environment)
    await wait_for_text(first_environment, thread)
    [running] = first_environment.gate.row("alice").turns
    assert first_environment.gate.cancel_turn("alice", running.id)
    return thread, await pending


async def test_a_stopped_answer_ends_normally_and_keeps_its_text(
    first_environment: Environment, slow: Slow
) -> None:
    thread, received = await stopped(first_environment, slow)
    assert "error" not in types(received)
    assert slow.after == 0
    [_, answer] = await shown(first_environment, thread)
    assert answer["content"][0]["text"] == "Once upon "
    assert not answer["id"].startswith("running_")
    assert first_environment.gate.row("alice").turns == []


async def test_a_stopped_answer_is_counted_even_without_usage_from_the_model(
    first_environment: Environment, slow: Slow, gate_clock: GateClock, logged: list[dict[str, Any]]
) -> None:
    await stopped(first_environment, slow)
    [line] = [line for line in logged if line["message"] == "turn_closed"]
    assert line["tokens_in"] >= len("Tell me a story") // 4
    assert line["tokens_out"] >= len("Once upon ") // 4
    used = line["tokens_in"] + line["tokens_out"]
    assert line["tokens_estimated"] == used
    assert first_environment.gate.row("alice").tokens_today(gate_clock()) == used


async def test_a_stopped_answer_is_marked_as_the_sdk_marks_it(
    first_environment: Environment, slow: Slow, store: DynamoStore
) -> None:
    thread, _ = await stopped(first_environment, slow)
    alice = RequestContext("alice", "s1", TurnState("turn_1"))
    items = (await store.load_thread_items(thread, None, 20, "asc", alice)).data
    assert [item.type for item in items] == [
        "user_message",
        "assistant_message",
        "sdk_hidden_context",
    ]


async def test_the_model_sees_that_its_answer_was_stopped(
    first_environment: Environment, slow: Slow
) -> None:
    thread, _ = await stopped(first_environment, slow)
    first_environment.model.extend(
        [[assistant_message("You are welcome.")], [assistant_message("Yes.")]]
    )
    for said in ("Thanks", "Sure?"):
        await first_environment.say(said, thread)
    first, cut, notice, *rest = model_texts(first_environment)
    assert (first, cut) == ("Tell me a story", "Once upon ")
    assert STOPPED in notice
    assert rest == ["Thanks", "You are welcome.", "Sure?"]


async def test_a_turn_out_of_time_keeps_its_text_and_reports_it(
    new_environment: Callable[..., Environment], slow: Slow, loop_clock: LoopClock
) -> None:
    first_environment = new_environment(seconds_left=900.0)
    first_environment.model.extend([slow.step])
    pending = asyncio.create_task(first_environment.say("Tell me a story"))
    await wait_for_text(first_environment, await wait_for_thread(first_environment))
    loop_clock.skip(900.0)
    received = await pending
    assert (received[-1]["type"], received[-1]["allow_retry"]) == ("error", True)
    assert "took too long" in received[-1]["message"]
    thread = thread_of(received)
    assert (await first_environment.items(thread))[-1] == ("assistant_message", "Once upon ")
    first_environment.model.extend([[assistant_message("Bye.")]])
    await first_environment.say("Bye", thread)
    assert STOPPED in model_texts(first_environment)[2]


async def test_a_message_whose_turn_was_lost_is_remembered_after_its_lease_ends(
    first_environment: Environment,
    second_environment: Environment,
    store: DynamoStore,
    gate_clock: GateClock,
) -> None:
    first_environment.model.extend([[assistant_message("Hello!")]])
    thread = thread_of(await first_environment.say("Hi"))
    await lose_a_turn(first_environment, store, thread, "My name is Ada")
    request: dict[str, Any] = {"thread_id": thread, "input": words("What is my name?")}
    assert (await second_environment.send("threads.add_user_message", **request)).status_code == 409
    gate_clock.ahead = 61
    second_environment.model.extend([[assistant_message("Ada.")]])
    assert (await second_environment.send("threads.add_user_message", **request)).status_code == 200
    *before, notice, now = model_texts(second_environment)
    assert (before, now) == (["Hi", "Hello!", "My name is Ada"], "What is my name?")
    assert STOPPED in notice


async def test_a_first_message_whose_turn_was_lost_is_remembered(
    first_environment: Environment, store: DynamoStore, gate_clock: GateClock
) -> None:
    first_environment.model.extend([[assistant_message("Hello!")], [assistant_message("Ada.")]])
    said = await first_environment.say("Hi")
    thread = thread_of(said)
    alice = RequestContext("alice", "s1", TurnState("turn_1"))
    for item in (await store.load_thread_items(thread, None, 9, "desc", alice)).data:
        await store.delete_thread_item(thread, item.id, alice)
    await lose_a_turn(first_environment, store, thread, "My name is Ada")
    gate_clock.ahead = 61
    await first_environment.say("What is my name?", thread)
    assert model_texts(first_environment)[0] == "My name is Ada"


async def lose_a_turn(chat: Chat, store: DynamoStore, thread: str, text: str) -> None:
    """Leave the state of an environment that dies right after it stores the message."""
    alice = RequestContext("alice", "s1", TurnState("turn_lost"))
    message = UserMessageItem.model_validate(
        words(text) | {"id": store.mint("message"), "thread_id": thread, "created_at": CREATED}
    )
    await store.add_thread_item(thread, message, alice)
    chat.gate.open_turn(Requester("alice", "s1"), thread, "turn_lost", seconds=30)
