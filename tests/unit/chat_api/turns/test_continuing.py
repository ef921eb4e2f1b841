"""A turn that waits continues in another process, and acts once even if processes die."""

import asyncio
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from agents.testing import ModelStep, assistant_message, function_call
from agents.usage import Usage

from chat_api.store.aws_calls import StoreUnavailable
from tests.unit.chat_api.conftest import GateClock
from tests.unit.chat_api.over_http import Chat, with_body_listener
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.turns.conftest import Environment, Slow
from tests.unit.chat_api.turns.crash import TableSnapshot
from tests.unit.chat_api.turns.turn_events import wait_for_text
from tests.unit.chat_api.waiting_turns import ASK, TIME, approve, asked, give, submit, waiting_row
from tests.unit.chat_api.wire import done, of_type, results, thread_of, types

ADD = function_call("add_task", {"title": "milk"}, call_id="c2")


async def test_answer_that_reaches_another_process_continues_there(
    first_environment: Environment, second_environment: Environment
) -> None:
    thread, _ = await asked(first_environment, TIME)
    second_environment.model.extend([[assistant_message("It is noon.")]])
    events = second_environment.events(await give(second_environment, thread, "12:00"))
    assert types(done(events)) == ["assistant_message", "end_of_turn"]
    assert results(second_environment) == ["12:00"]
    given = second_environment.last_call.input
    assert [item.get("type", "message") for item in given] == [
        "message",
        "function_call",
        "function_call_output",
    ]


@pytest.mark.parametrize("call", [TIME, ASK])
async def test_thread_is_free_when_the_page_sees_what_waits(
    new_environment: Callable[..., Environment], call: Any
) -> None:
    chat = new_environment()
    open_turns: list[int] = []

    def look(body: bytes) -> None:
        if b'"status":"pending"' in body:
            open_turns.append(len(chat.gate.row("alice").turns))

    chat._observed_app._app = with_body_listener(chat._observed_app._app, look)
    await asked(chat, call)
    assert open_turns == [0]


async def test_tokens_of_both_stretches_count_once(
    first_environment: Environment, second_environment: Environment, gate_clock: GateClock
) -> None:
    def used(read: int, written: int) -> Usage:
        return Usage(
            requests=1, input_tokens=read, output_tokens=written, total_tokens=read + written
        )

    first_environment.model.extend([ModelStep(output=[TIME], usage=used(100, 10))])
    thread = thread_of(await first_environment.say("What time is it?"))
    assert first_environment.gate.row("alice").tokens_today(gate_clock()) == 110
    second_environment.model.extend(
        [ModelStep(output=[assistant_message("Noon.")], usage=used(120, 5))]
    )
    await give(second_environment, thread, "12:00")
    assert first_environment.gate.row("alice").tokens_today(gate_clock()) == 235


async def test_calls_after_an_answer_continue_the_idempotency_keys(
    first_environment: Environment, second_environment: Environment, tool_function: ToolFunction
) -> None:
    thread, _ = await asked(first_environment, ADD, TIME)
    second_environment.model.extend([[ADD], [assistant_message("Added twice.")]])
    await give(second_environment, thread, "12:00")
    first, second = filter(None, tool_function.keys)
    assert (first[:-1], first[-1], second[-1]) == (second[:-1], "1", "2")
    assert tool_function.titles("alice") == ["milk", "milk"]


async def crash_while_going_on(chat: Chat, slow: Slow, thread: str, answering: Any) -> None:
    """Let a process die after it has taken an answer, called a tool and begun its text."""
    chat.model.extend([[ADD], slow.step])
    task = asyncio.create_task(answering)
    await wait_for_text(chat, thread)
    snapshot = TableSnapshot()
    slow.may_continue.set()
    await task
    snapshot.restore()


async def test_answer_repeated_after_a_crash_acts_once(
    first_environment: Environment,
    second_environment: Environment,
    slow: Slow,
    gate_clock: GateClock,
    tool_function: ToolFunction,
) -> None:
    thread, item = await asked(first_environment, ASK)
    await crash_while_going_on(
        first_environment, slow, thread, submit(first_environment, item, "milk")
    )
    assert (await submit(second_environment, item, "bread")).status_code == 409
    gate_clock.ahead = 61
    assert (await submit(second_environment, item, "bread")).status_code == 409
    second_environment.model.extend([[ADD], [assistant_message("Added.")]])
    events = second_environment.events(await submit(second_environment, item, "milk"))
    assert types(done(events))[-1] == "end_of_turn"
    assert tool_function.titles("alice") == ["milk"]
    # The turn has ended now.
    assert (await submit(second_environment, item, "milk")).status_code == 409


async def test_result_of_the_page_repeated_after_a_crash_acts_once(
    first_environment: Environment,
    second_environment: Environment,
    slow: Slow,
    gate_clock: GateClock,
    tool_function: ToolFunction,
) -> None:
    thread, _ = await asked(first_environment, TIME)
    await crash_while_going_on(
        first_environment, slow, thread, give(first_environment, thread, {"time": "12:00"})
    )
    gate_clock.ahead = 61
    assert (await give(second_environment, thread, {"time": "13:00"})).status_code == 409
    second_environment.model.extend([[ADD], [assistant_message("Added.")]])
    events = second_environment.events(await give(second_environment, thread, {"time": "12:00"}))
    assert types(done(events))[-1] == "end_of_turn"
    assert tool_function.titles("alice") == ["milk"]


async def test_message_after_a_crash_gives_the_model_the_answer(
    first_environment: Environment,
    second_environment: Environment,
    slow: Slow,
    gate_clock: GateClock,
) -> None:
    thread, item = await asked(first_environment, ASK)
    await crash_while_going_on(
        first_environment, slow, thread, submit(first_environment, item, "the blue one")
    )
    gate_clock.ahead = 61
    second_environment.model.extend([[assistant_message("Fine.")]])
    await second_environment.say("Well?", thread)
    assert "the blue one" in results(second_environment)[0]
    assert (await submit(second_environment, item, "the blue one")).status_code == 409


async def test_question_of_a_process_that_died_before_asking_is_forgotten(
    first_environment: Environment, second_environment: Environment
) -> None:
    thread, item = await asked(first_environment, ASK)
    # The state is stored before the item.
    boto3.client("dynamodb").delete_item(
        TableName="threads",
        Key={
            "pk": waiting_row()["pk"],
            "sk": {"S": f"item#{item['id'].partition('_')[2]}#msg"},
        },
    )
    assert of_type(await first_environment.shown(thread), "structured_input") == []
    second_environment.model.extend([[assistant_message("Fine.")]])
    await second_environment.say("Well?", thread)
    assert results(second_environment) == [
        "The user did not answer this, and wrote another message instead."
    ]


async def test_approved_call_whose_process_died_before_its_result_acts_once(
    new_environment: Callable[..., Environment],
    slow: Slow,
    gate_clock: GateClock,
    tool_function: ToolFunction,
) -> None:
    first_environment, second_environment = (
        new_environment(approvals={"add_task": "always"}),
        new_environment(),
    )
    thread, form = await asked(first_environment, ADD)
    first_environment.model.extend([slow.step])
    task = asyncio.create_task(approve(first_environment, form))
    await wait_for_text(first_environment, thread)
    snapshot = TableSnapshot()
    slow.may_continue.set()
    await task
    snapshot.restore()
    gate_clock.ahead = 61
    second_environment.model.extend([[assistant_message("Added.")]])
    events = second_environment.events(await approve(second_environment, form))
    assert types(done(events))[-1] == "end_of_turn"
    first, second = filter(None, tool_function.keys)
    assert first == second
    assert tool_function.titles("alice") == ["milk"]


async def test_stopped_answer_keeps_its_text_and_does_not_wait_any_more(
    first_environment: Environment, slow: Slow
) -> None:
    thread, item = await asked(first_environment, ASK)
    first_environment.model.extend([slow.step])
    answering = asyncio.create_task(submit(first_environment, item, "blue"))
    await wait_for_text(first_environment, thread)
    [running] = first_environment.gate.row("alice").turns
    assert first_environment.gate.cancel_turn("alice", running.id)
    await answering
    assert (await first_environment.items(thread))[-1] == ("assistant_message", "Once upon ")
    assert (await submit(first_environment, item, "blue")).status_code == 409
    first_environment.model.extend([[assistant_message("Fine.")]])
    await first_environment.say("Well?", thread)
    given = str(first_environment.last_call.input)
    assert given.index("blue") < given.index("Once upon") < given.index("stopped here")


async def test_failure_of_the_model_after_an_answer_keeps_the_answer(
    first_environment: Environment,
) -> None:
    thread, item = await asked(first_environment, ASK)
    first_environment.model.extend([RuntimeError("Broken")])
    events = first_environment.events(await submit(first_environment, item, "blue"))
    assert (events[-1]["type"], events[-1]["allow_retry"]) == ("error", True)
    assert (await submit(first_environment, item, "blue")).status_code == 409
    first_environment.model.extend([[assistant_message("Fine.")]])
    await first_environment.say("Well?", thread)
    assert "blue" in results(first_environment)[0]


async def test_question_that_cannot_be_kept_is_not_asked(
    new_environment: Callable[..., Environment], transcript: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_arguments: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(transcript, "save_waiting", fail)
    chat = new_environment()
    chat.model.extend([[ASK]])
    events = await chat.say("Add milk")
    assert events[-1]["message"].startswith("The assistant's question could not be stored.")
    thread = thread_of(events)
    assert types(await chat.shown(thread)) == ["user_message"]
    chat.model.extend([[assistant_message("Fine.")]])
    await chat.say("Well?", thread)
    assert "Add milk" in str(chat.last_call.input)


async def test_steps_of_all_stretches_count_together(
    new_environment: Callable[..., Environment],
) -> None:
    chat = new_environment(max_steps=2)
    thread, _ = await asked(chat, TIME)
    chat.model.extend([[TIME]])
    chat.events(await give(chat, thread, "12:00"))
    chat.model.extend([[assistant_message("Never said.")]])
    events = chat.events(await give(chat, thread, "12:01"))
    assert events[-1]["message"].startswith("This took too many steps.")
