"""A thread that is opened during its answer shows the text so far."""

import asyncio

from agents.testing import assistant_message

from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.turn_state import TurnState
from tests.unit.chat_api.conftest import Clock
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.store.conversation import rows
from tests.unit.chat_api.turns.conftest import Environment, Slow
from tests.unit.chat_api.turns.turn_events import shown, wait_for_text, wait_for_thread
from tests.unit.chat_api.wire import of_type


async def test_a_reload_during_an_answer_shows_the_text_so_far(
    first_environment: Environment, second_environment: Environment, slow: Slow
) -> None:
    first_environment.model.extend([slow.step])
    pending = asyncio.create_task(first_environment.say("Tell me a story"))
    thread = await wait_for_thread(second_environment)
    running = await wait_for_text(second_environment, thread)
    assert running["type"] == "assistant_message"
    assert [part["text"] for part in running["content"]] == ["Once upon "]
    opened = (await second_environment.send("threads.get_by_id", thread_id=thread)).json()
    assert [item["id"] for item in opened["items"]["data"]][-1] == running["id"]
    newest = await shown(second_environment, thread, order="desc")
    assert [item["type"] for item in newest] == ["assistant_message", "user_message"]
    slow.may_continue.set()
    done = (await pending)[-1]["item"]
    assert [item["id"] for item in await shown(first_environment, thread)][-1] == done["id"]
    assert running["id"] != done["id"]
    assert [row for row in rows() if row["sk"]["S"].startswith("turn#")] == []


async def test_a_page_of_older_items_shows_no_text_so_far(
    first_environment: Environment, second_environment: Environment, slow: Slow
) -> None:
    first_environment.model.extend([slow.step])
    pending = asyncio.create_task(first_environment.say("Tell me a story"))
    thread = await wait_for_thread(second_environment)
    await wait_for_text(second_environment, thread)
    [message, _] = await shown(second_environment, thread)
    older = await second_environment.send(
        "items.list", thread_id=thread, order="desc", after=message["id"]
    )
    assert older.json()["data"] == []
    slow.may_continue.set()
    await pending


async def test_a_finished_message_is_shown_once_even_if_its_snapshot_still_exists(
    first_environment: Environment, store: DynamoStore, slow: Slow
) -> None:
    first_environment.model.extend([slow.step])
    pending = asyncio.create_task(first_environment.say("Tell me a story"))
    thread = await wait_for_thread(first_environment)
    await wait_for_text(first_environment, thread)
    alice = RequestContext("alice", "s1", TurnState("turn_1"))
    running = await store.snapshots.read(thread, alice)
    assert running is not None
    slow.may_continue.set()
    await pending
    await store.snapshots.write(thread, running, alice)
    assert len(of_type(await shown(first_environment, thread), "assistant_message")) == 1


async def test_a_short_turn_writes_no_snapshot(chat: Chat, requests: list[str]) -> None:
    chat.model.extend([[assistant_message("Hello!")], [assistant_message("Hello!")]])
    thread = (await chat.say("Hi"))[0]["thread"]["id"]
    requests.clear()
    await chat.say("Hi", thread)
    # The message, the answer, then the turn for the model with its end-of-turn item.
    assert [each for each in requests if "Write" in each or "Put" in each] == [
        "PutItem",
        "PutItem",
        "BatchWriteItem",
    ]


async def test_the_snapshot_of_a_dead_turn_is_hidden_after_its_lease_ends(
    first_environment: Environment, store: DynamoStore, slow: Slow, clock: Clock
) -> None:
    first_environment.model.extend([slow.step])
    pending = asyncio.create_task(first_environment.say("Tell me a story"))
    thread = await wait_for_thread(first_environment)
    await wait_for_text(first_environment, thread)
    running = await store.snapshots.read(thread, RequestContext("alice", "s1", TurnState("turn_1")))
    assert running is not None
    clock.now = running.lease_until
    assert [item["type"] for item in await shown(first_environment, thread)] == ["user_message"]
    slow.may_continue.set()
    await pending
