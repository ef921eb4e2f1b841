"""A regenerated answer, even if the process dies during it."""

import asyncio
from typing import Any

from agents.testing import assistant_message

from tests.unit.chat_api.turns.crash import Wreck
from tests.unit.chat_api.turns.turn_events import text_so_far
from tests.unit.chat_api.wire import thread_of, words


async def conversation(chat: Any) -> tuple[str, str]:
    """Return a thread of three turns and its second message."""
    chat.model.extend([[assistant_message(text)] for text in ("one", "two", "three")])
    thread = thread_of(await chat.say("first"))
    second = (await chat.say("second", thread))[0]["item"]["id"]
    await chat.say("third", thread)
    return thread, second


async def given_next(chat: Any, thread: str) -> str:
    """Send the next message, and return the history that the model receives."""
    chat.model.extend([[assistant_message("next")]])
    await chat.say("And now?", thread)
    return str(chat.model.last_call.input)


async def test_what_followed_is_replaced_for_the_person_and_for_the_model(here: Any) -> None:
    thread, second = await conversation(here)
    here.model.extend([[assistant_message("again")]])
    await here.send("threads.retry_after_item", thread_id=thread, item_id=second)
    assert [text for _, text in await here.items(thread)] == ["first", "one", "second", "again"]
    given = await given_next(here, thread)
    assert given.index("one") < given.index("second") < given.index("again")
    assert "two" not in given
    assert "third" not in given


async def test_a_crash_brings_back_nothing_of_what_was_replaced(
    here: Any, there: Any, slow: Any, gate_clock: Any
) -> None:
    thread, second = await conversation(here)
    here.model.extend([slow.step])
    asking = asyncio.create_task(
        here.send("threads.retry_after_item", thread_id=thread, item_id=second)
    )
    await text_so_far(here, thread)
    left = Wreck()
    slow.go_on.set()
    await asking
    left.bring_back()
    refused = await there.send("threads.add_user_message", thread_id=thread, input=words("Now?"))
    assert refused.status_code == 409
    gate_clock.ahead = 61
    given = await given_next(there, thread)
    assert given.index("first") < given.index("second") < given.index("stopped here")
    assert "two" not in given
    assert "third" not in given
