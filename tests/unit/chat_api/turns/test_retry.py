"""A retry replaces the answer, even if the process dies during it."""

import asyncio

from agents.testing import assistant_message

from tests.unit.chat_api.conftest import GateClock
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.turns.conftest import Environment, Slow
from tests.unit.chat_api.turns.crash import TableSnapshot
from tests.unit.chat_api.turns.turn_events import wait_for_text
from tests.unit.chat_api.wire import thread_of, words


async def conversation(chat: Chat) -> tuple[str, str]:
    """Return a thread of three turns and its second message."""
    chat.model.extend([[assistant_message(text)] for text in ("one", "two", "three")])
    thread = thread_of(await chat.say("first"))
    second = (await chat.say("second", thread))[0]["item"]["id"]
    await chat.say("third", thread)
    return thread, second


async def next_model_input(chat: Chat, thread: str) -> str:
    """Send the next message, and return the history that the model receives."""
    chat.model.extend([[assistant_message("next")]])
    await chat.say("And now?", thread)
    return str(chat.last_call.input)


async def test_a_retry_replaces_later_turns_for_the_user_and_the_model(
    first_environment: Environment,
) -> None:
    thread, second = await conversation(first_environment)
    first_environment.model.extend([[assistant_message("again")]])
    await first_environment.send("threads.retry_after_item", thread_id=thread, item_id=second)
    assert [text for _, text in await first_environment.items(thread)] == [
        "first",
        "one",
        "second",
        "again",
    ]
    given = await next_model_input(first_environment, thread)
    assert given.index("one") < given.index("second") < given.index("again")
    assert "two" not in given
    assert "third" not in given


async def test_a_crash_during_a_retry_restores_nothing_that_it_replaced(
    first_environment: Environment,
    second_environment: Environment,
    slow: Slow,
    gate_clock: GateClock,
) -> None:
    thread, second = await conversation(first_environment)
    first_environment.model.extend([slow.step])
    pending = asyncio.create_task(
        first_environment.send("threads.retry_after_item", thread_id=thread, item_id=second)
    )
    await wait_for_text(first_environment, thread)
    snapshot = TableSnapshot()
    slow.may_continue.set()
    await pending
    snapshot.restore()
    refused = await second_environment.send(
        "threads.add_user_message", thread_id=thread, input=words("Now?")
    )
    assert refused.status_code == 409
    gate_clock.ahead = 61
    given = await next_model_input(second_environment, thread)
    assert given.index("first") < given.index("second") < given.index("stopped here")
    assert "two" not in given
    assert "third" not in given
