"""A button that is pressed during an answer, or after the process of the answer died."""

import asyncio

import pytest
from agents.testing import assistant_message, function_call

from tests.unit.chat_api.conftest import GateClock
from tests.unit.chat_api.test_actions import shown_list
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.turns.conftest import Environment, Slow
from tests.unit.chat_api.turns.crash import TableSnapshot
from tests.unit.chat_api.turns.test_retry import next_model_input
from tests.unit.chat_api.turns.turn_events import wait_for_text
from tests.unit.chat_api.wire import words

PRESSED = "completed the task “milk”"


async def test_the_model_sees_a_press_during_an_answer_after_that_answer(
    first_environment: Environment, slow: Slow
) -> None:
    shown = await shown_list(first_environment, "milk")
    first_environment.model.extend([slow.step])
    pending = asyncio.create_task(first_environment.say("Tell me a story", shown.thread))
    await wait_for_text(first_environment, shown.thread)
    assert (await shown.press("Done")).status_code == 200
    slow.may_continue.set()
    await pending
    given = await next_model_input(first_environment, shown.thread)
    assert given.index("Tell me a story") < given.index("a time.") < given.index(PRESSED)
    assert "stopped here" not in given


@pytest.mark.parametrize("while_written", [True, False])
async def test_a_press_during_a_turn_that_dies_hides_no_part_of_it(
    first_environment: Environment,
    second_environment: Environment,
    slow: Slow,
    gate_clock: GateClock,
    while_written: bool,
) -> None:
    shown = await shown_list(first_environment, "milk")
    first_environment.model.extend([slow.step])
    pending = asyncio.create_task(first_environment.say("Tell me a story", shown.thread))
    await wait_for_text(first_environment, shown.thread)
    if while_written:
        await shown.press("Done")
    snapshot = TableSnapshot()
    slow.may_continue.set()
    await pending
    snapshot.restore()
    if not while_written:
        await shown.press("Done")
    gate_clock.ahead = 61
    given = await next_model_input(second_environment, shown.thread)
    positions = [given.index(each) for each in ("Tell me a story", "stopped here", PRESSED)]
    assert positions == sorted(positions)


async def test_retrying_a_lost_turn_does_not_repeat_its_calls(
    first_environment: Environment,
    second_environment: Environment,
    slow: Slow,
    gate_clock: GateClock,
    tool_function: ToolFunction,
) -> None:
    shown = await shown_list(first_environment, "milk")
    add = function_call("add_task", {"title": "bread"}, call_id="c9")
    first_environment.model.extend([[add], slow.step])
    pending = asyncio.create_task(
        first_environment.send(
            "threads.add_user_message", thread_id=shown.thread, input=words("Add bread")
        )
    )
    await wait_for_text(first_environment, shown.thread)
    snapshot = TableSnapshot()
    slow.may_continue.set()
    await pending
    snapshot.restore()
    gate_clock.ahead = 61
    asked = [
        item
        for item in await second_environment.shown(shown.thread)
        if item["type"] == "user_message"
    ]
    second_environment.model.extend([[add], [assistant_message("Done again.")]])
    await second_environment.send(
        "threads.retry_after_item", thread_id=shown.thread, item_id=asked[-1]["id"]
    )
    assert sorted(tool_function.titles("alice")) == ["bread", "milk"]
