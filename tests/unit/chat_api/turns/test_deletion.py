"""A thread that is deleted during its answer, over HTTP."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from agents.testing import assistant_message
from chatkit.types import ThreadMetadata

from chat_api.request_context import RequestContext
from chat_api.store.blobs import Blobs
from chat_api.store.dynamo import DynamoStore
from chat_api.store.retention import Retention
from chat_api.store.table import ThreadsTable
from chat_api.turn_state import TurnState
from chat_api.turns.deletion import delete_thread
from chatcore.gate.gate import Gate, OpenTurn
from chatcore.gate.limits import Limits
from chatcore.gate.table import GateTable
from chatcore.ids import TimeOrderedIds
from tests.unit.chat_api.conftest import Clock, GateClock, Namer
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.over_http import events as events_of
from tests.unit.chat_api.store.conversation import rows
from tests.unit.chat_api.turns.conftest import Environment, Slow
from tests.unit.chat_api.turns.turn_events import (
    final_items,
    first_message,
    shown,
    wait_for_text,
    wait_for_thread,
)
from tests.unit.chat_api.wire import thread_of, types, words


class Overtaken(Gate):
    """A gate that runs `overtaken_by` right before it opens a turn."""

    overtaken_by: Callable[[], object] = staticmethod(lambda: None)

    def open_turn(self, *args: Any, **keywords: Any) -> OpenTurn:
        self.overtaken_by()
        return super().open_turn(*args, **keywords)


class TitleSignalingStore(DynamoStore):
    """A store that signals an attempt to set a title."""

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self.title_attempted = asyncio.Event()

    async def name_thread(
        self, thread_id: str, title: str, context: RequestContext
    ) -> ThreadMetadata:
        try:
            return await super().name_thread(thread_id, title, context)
        finally:
            self.title_attempted.set()


@pytest.fixture
def gate(create_table: Callable[[str], None], limits: Limits, gate_clock: GateClock) -> Gate:
    create_table("sessions")
    client = boto3.client("dynamodb")
    return Overtaken(GateTable(lambda: client, "sessions"), limits, now=gate_clock)


@pytest.fixture
def store(table: ThreadsTable, blobs: Blobs, clock: Clock) -> TitleSignalingStore:
    return TitleSignalingStore(table, blobs, Retention(30, clock), TimeOrderedIds())


async def deleted(gate: Gate, store: DynamoStore, thread: str) -> None:
    await delete_thread(
        gate, store, thread, RequestContext("alice", "s1", TurnState("turn_deleting"))
    )


def kinds() -> list[str]:
    return [row["sk"]["S"].partition("#")[0] for row in rows()]


def assert_ended_by_deletion(events: list[dict[str, Any]]) -> None:
    """Check that the stream ended normally, removed its unfinished text and offers no retry."""
    assert events[-1]["type"] == "notice"
    assert "deleted" in events[-1]["message"]
    assert "error" not in types(events)
    assert not [text for kind, text in final_items(events) if kind == "assistant_message"]


async def test_deletion_stops_the_first_answer_and_leaves_nothing_of_it(
    first_environment: Environment,
    second_environment: Environment,
    slow: Slow,
    logged: list[dict[str, Any]],
) -> None:
    first_environment.model.extend([slow.step])
    pending = asyncio.create_task(first_environment.say("Tell me a story"))
    thread = await wait_for_thread(first_environment)
    await wait_for_text(first_environment, thread)
    assert (await second_environment.send("threads.delete", thread_id=thread)).status_code == 200
    assert_ended_by_deletion(list(await pending))
    assert slow.after == 0
    assert kinds() == ["deleted"]
    assert first_environment.gate.row("alice").turns == []
    deletions = [line for line in logged if line["message"] == "thread_deleted_while_answered"]
    assert [line["level"] for line in deletions] == ["INFO"]
    assert [line for line in logged if line["level"] in ("ERROR", "WARNING")] == []


async def test_deletion_stops_a_later_answer_and_removes_the_whole_thread(
    first_environment: Environment, second_environment: Environment, slow: Slow
) -> None:
    first_environment.model.extend([[assistant_message("Hello!")], slow.step])
    thread = thread_of(await first_environment.say("Hi"))
    pending = asyncio.create_task(first_environment.say("Tell me a story", thread))
    await wait_for_text(first_environment, thread)
    await second_environment.send("threads.delete", thread_id=thread)
    received = list(await pending)
    assert received[-1]["type"] == "notice"
    assert kinds() == ["deleted"]


async def test_deletion_stops_a_retry_and_removes_the_whole_thread(
    first_environment: Environment, second_environment: Environment, slow: Slow
) -> None:
    first_environment.model.extend([[assistant_message("Hello!")], slow.step])
    said = await first_environment.say("Hi")
    request = {"thread_id": thread_of(said), "item_id": said[1]["item"]["id"]}
    pending = asyncio.create_task(first_environment.send("threads.retry_after_item", **request))
    await wait_for_text(first_environment, request["thread_id"])
    await second_environment.send("threads.delete", thread_id=request["thread_id"])
    assert_ended_by_deletion(events_of(await pending))
    assert kinds() == ["deleted"]


async def test_a_listener_is_notified_of_the_deletion(
    first_environment: Environment, second_environment: Environment, slow: Slow
) -> None:
    first_environment.model.extend([slow.step])
    request = first_message("Tell me a story")
    pending = asyncio.create_task(first_environment.send("threads.create", **request))
    thread = await wait_for_thread(first_environment)
    await wait_for_text(first_environment, thread)
    repeat = asyncio.create_task(second_environment.send("threads.create", **request))
    await second_environment.until_sent()
    await second_environment.send("threads.delete", thread_id=thread)
    assert_ended_by_deletion(events_of(await pending))
    assert_ended_by_deletion(events_of(await repeat))


async def test_a_listener_ends_even_if_the_deletion_broke_off_before_its_mark(
    first_environment: Environment, second_environment: Environment, slow: Slow, store: DynamoStore
) -> None:
    first_environment.model.extend([slow.step])
    request = first_message("Tell me a story")
    pending = asyncio.create_task(first_environment.send("threads.create", **request))
    thread = await wait_for_thread(first_environment)
    await wait_for_text(first_environment, thread)
    repeat = asyncio.create_task(second_environment.send("threads.create", **request))
    await second_environment.until_sent()
    await store.hide_thread(thread, RequestContext("alice", "s1", TurnState("turn_1")))
    assert_ended_by_deletion(events_of(await repeat))
    await second_environment.send("threads.delete", thread_id=thread)
    await pending
    assert kinds() == ["deleted"]


async def test_the_next_message_in_a_deleted_thread_gets_404(
    first_environment: Environment, second_environment: Environment, slow: Slow
) -> None:
    first_environment.model.extend([slow.step])
    pending = asyncio.create_task(first_environment.say("Tell me a story"))
    thread = await wait_for_thread(first_environment)
    await wait_for_text(first_environment, thread)
    await second_environment.send("threads.delete", thread_id=thread)
    for _ in range(2):
        refused = await second_environment.send(
            "threads.add_user_message", thread_id=thread, input=words("?")
        )
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
        await pending


async def test_a_turn_that_opens_right_after_the_deletion_gets_404(
    chat: Chat, gate: Overtaken, store: DynamoStore
) -> None:
    chat.model.extend([[assistant_message("Hello!")], [assistant_message("Never.")]])
    said = await chat.say("Hi")
    thread = thread_of(said)
    gate.overtaken_by = lambda: asyncio.run(deleted(gate, store, thread))
    refused = await chat.send("threads.add_user_message", thread_id=thread, input=words("Now?"))
    assert refused.status_code == 404
    retried = {"thread_id": thread, "item_id": said[1]["item"]["id"]}
    assert (await chat.send("threads.retry_after_item", **retried)).status_code == 404
    assert kinds() == ["deleted"]
    assert gate.row("alice").turns == []


async def test_a_deletion_first_noticed_by_the_title_ends_the_answer_normally(
    chat: Chat, namer: Namer, slow: Slow, store: TitleSignalingStore, logged: list[dict[str, Any]]
) -> None:
    namer.title = "Stories"
    namer.may_answer.clear()
    chat.model.extend([slow.step])
    pending = asyncio.create_task(chat.say("Tell me a story"))
    await slow.begun.wait()
    thread = await wait_for_thread(chat)
    # Before the turn polls the gate, which it does once a second.
    await store.delete_thread(thread, RequestContext("alice", "s1", TurnState("turn_deleting")))
    namer.may_answer.set()
    await store.title_attempted.wait()
    slow.may_continue.set()
    assert_ended_by_deletion(list(await pending))
    assert kinds() == ["deleted"]
    assert [line for line in logged if line["level"] in ("ERROR", "WARNING")] == []
    # After a failure, the SDK leaves it to asyncio to close one of its generators.
    await asyncio.wait([*(asyncio.all_tasks() - {asyncio.current_task()}), pending])


async def test_a_stopped_answer_stays_in_a_thread_that_is_not_deleted(
    first_environment: Environment, slow: Slow
) -> None:
    first_environment.model.extend([slow.step])
    pending = asyncio.create_task(first_environment.say("Tell me a story"))
    thread = await wait_for_thread(first_environment)
    await wait_for_text(first_environment, thread)
    other = (await first_environment.send("threads.delete", thread_id="thr_unknown")).status_code
    [running] = first_environment.gate.row("alice").turns
    first_environment.gate.cancel_turn("alice", running.id)
    assert "notice" not in types(await pending)
    assert other == 404
    assert len(await shown(first_environment, thread)) == 2
    assert json.dumps(await shown(first_environment, thread)).count("Once upon") == 1


async def test_the_first_turn_of_a_thread_does_not_look_for_a_tombstone(
    chat: Chat, requests: list[str]
) -> None:
    """Its id was minted for this request, so no one can have deleted it."""
    chat.model.extend([[assistant_message("Hello!")]])
    await chat.say("Hi")
    # The thread, the question, the earlier turns and items, the answer, the turn with its end.
    assert requests == ["PutItem", "PutItem", "Query", "Query", "PutItem", "BatchWriteItem"]
