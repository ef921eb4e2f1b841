"""The gate over HTTP: busy threads, limits and revoked sessions."""

from typing import Any

import pytest
from agents import Usage
from agents.testing import ModelStep, assistant_message, function_call
from openai.types.responses.response_usage import InputTokensDetails

from chatcore.gate.admission import Requester
from chatcore.gate.limits import Limits
from tests.unit.chat_api.conftest import GateClock
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.test_actions import shown_list
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.wire import thread_of, words


@pytest.fixture
def limits() -> Limits:
    return Limits(user_per_minute=3, tokens_per_day=10_000, user_requests_per_minute=4)


async def test_finished_turn_releases_its_thread(chat: Chat) -> None:
    chat.model.extend([[assistant_message("one")], [assistant_message("two")]])
    thread = thread_of(await chat.say("Hi"))
    assert chat.gate.row("alice").turns == []
    await chat.say("Again", thread)


async def test_second_turn_in_a_running_thread_is_refused(chat: Chat) -> None:
    chat.model.extend([[assistant_message("one")]])
    thread = thread_of(await chat.say("Hi"))
    running = chat.gate.open_turn(Requester("alice", "s1"), thread, "turn_other", seconds=60)
    refused = await chat.send("threads.add_user_message", thread_id=thread, input=words("Now?"))
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert await chat.items(thread) == [("user_message", "Hi"), ("assistant_message", "one")]
    chat.gate.close_turn(running, tokens=0)


async def test_message_over_the_limit_is_refused_with_retry_after_and_not_stored(
    chat: Chat,
) -> None:
    chat.model.extend([[assistant_message("one")]] * 3)
    thread = thread_of(await chat.say("Hi"))
    for _ in range(2):
        await chat.say("More", thread)
    refused = await chat.send("threads.add_user_message", thread_id=thread, input=words("More"))
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert len(await chat.items(thread)) == 6


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("threads.list", {}),
        ("threads.create", {"input": words("Hi")}),
        ("threads.get_by_id", {"thread_id": "thr_unknown"}),
        ("threads.add_user_message", {"thread_id": "thr_unknown", "input": words("Hi")}),
    ],
)
async def test_operations_of_a_revoked_session_get_401(
    chat: Chat, operation: str, params: dict[str, Any]
) -> None:
    chat.headers("alice")
    chat.gate.revoke("alice", "s1")
    assert (await chat.send(operation, **params)).status_code == 401


async def test_reads_over_the_limit_are_refused_with_retry_after(chat: Chat) -> None:
    """Reads that fail count too. Messages do not."""
    chat.model.extend([[assistant_message("one")]])
    await chat.say("Hi")
    for _ in range(2):
        assert (await chat.send("threads.list")).status_code == 200
        unknown = await chat.send("threads.get_by_id", thread_id="thr_unknown")
        assert unknown.status_code == 404
    refused = await chat.send("threads.list")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert (await chat.send("threads.list", "bob")).status_code == 200


@pytest.mark.parametrize("streamed", [False, True])
async def test_button_presses_over_the_limit_are_refused_with_retry_after(
    chat: Chat, tool_function: ToolFunction, streamed: bool
) -> None:
    shown = await shown_list(chat, "milk")
    for _ in range(3):
        assert (await shown.press("Done", streamed=streamed)).status_code == 200
    refused = await shown.press("Delete", streamed=streamed)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert tool_function.titles("alice") == ["milk"]


async def test_turn_that_fails_before_its_first_event_releases_its_thread(chat: Chat) -> None:
    refused = await chat.send(
        "threads.retry_after_item", thread_id="thr_unknown", item_id="msg_unknown"
    )
    assert refused.status_code == 404
    assert chat.gate.row("alice").turns == []


async def test_tokens_of_each_turn_are_logged_and_added_to_the_daily_count(
    chat: Chat, gate_clock: GateClock, logged: list[dict[str, Any]]
) -> None:
    used = Usage(
        requests=1,
        input_tokens=100,
        input_tokens_details=InputTokensDetails(cached_tokens=80, cache_write_tokens=0),
        output_tokens=20,
        total_tokens=120,
    )
    listed = ModelStep([function_call("list_tasks", {}, call_id="c1")], usage=used)
    steps = [ModelStep([assistant_message(text)], usage=used) for text in ("a", "b")]
    chat.model.extend([listed, *steps])
    thread = thread_of(await chat.say("Hi"))
    await chat.say("Again", thread)
    turns = [line for line in logged if line["message"] == "turn_closed"]
    assert [(line["tokens_in"], line["tokens_cached"], line["tokens_out"]) for line in turns] == [
        (200, 160, 40),
        (100, 80, 20),
    ]
    assert [line["tokens_estimated"] for line in turns] == [0, 0]
    assert len({line["turn_id"] for line in turns}) == 2
    assert chat.gate.row("alice").tokens_today(gate_clock()) == 360
