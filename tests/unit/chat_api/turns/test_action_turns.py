"""An action that starts an answer acts once: pressed twice, in two tabs, or after a crash."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from agents.testing import assistant_message, function_call

from tests.unit.chat_api.conftest import GateClock
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.test_action_answers import ACTIONS, act, show_card, with_item
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.turns.conftest import Environment, Slow
from tests.unit.chat_api.turns.crash import TableSnapshot
from tests.unit.chat_api.turns.turn_events import final_items, wait_for_text
from tests.unit.chat_api.wire import done, of_type, thread_of, types
from tests.waiting import awaited

MILK = {"title": "milk"}
ANSWER = [("user_message", "What next?"), ("assistant_message", "Once upon a time.")]


@pytest.fixture
def new_card_environment(
    new_environment: Callable[..., Environment],
) -> Callable[..., Environment]:
    return lambda: new_environment(actions=ACTIONS, widgets=[show_card])


@pytest.fixture
def first(new_card_environment: Callable[..., Environment]) -> Environment:
    return new_card_environment()


@pytest.fixture
def second(new_card_environment: Callable[..., Environment]) -> Environment:
    return new_card_environment()


@pytest.fixture
async def card(first: Environment) -> tuple[str, str]:
    first.model.extend([[assistant_message("Hello.")]])
    events = await first.say("Hi")
    [item] = of_type(done(events), "widget")
    return thread_of(events), item["id"]


async def press(chat: Chat, card: tuple[str, str]) -> Any:
    return await act(chat, *with_item(card, "add"), MILK)


def turn_of(answer: Any) -> str:
    turn: str = answer.headers["x-chatkit-turn"]
    return turn


async def test_second_tab_joins_the_answer_of_the_first(
    first: Environment,
    second: Environment,
    card: tuple[str, str],
    slow: Slow,
    tool_function: ToolFunction,
) -> None:
    first.model.extend([slow.step])
    pressed = asyncio.create_task(press(first, card))
    await wait_for_text(first, card[0])
    again = asyncio.create_task(press(second, card))
    await second.until_sent()
    slow.may_continue.set()
    one, two = await pressed, await again
    assert turn_of(one) == turn_of(two)
    followed = second.events(two)
    assert [item for item in final_items(followed) if item[1]] == ANSWER
    [replaced] = of_type(followed, "thread.item.replaced")
    assert replaced["item"]["copy_text"] == "done"
    assert tool_function.titles("alice") == ["milk"]
    assert types(await first.shown(card[0])).count("user_message") == 2


async def test_follower_of_a_hidden_message_does_not_see_it(
    first: Environment, second: Environment, card: tuple[str, str], slow: Slow
) -> None:
    first.model.extend([slow.step])
    pressed = asyncio.create_task(act(first, card[0], "secret"))
    await wait_for_text(first, card[0])
    again = asyncio.create_task(act(second, card[0], "secret"))
    await second.until_sent()
    slow.may_continue.set()
    await pressed
    events = second.events(await again)
    assert "urgent" not in str(events)
    assert of_type(events, "error") == []
    assert ("assistant_message", "Once upon a time.") in final_items(events)


async def test_double_click_acts_once(
    first: Environment, card: tuple[str, str], tool_function: ToolFunction
) -> None:
    first.model.extend([[assistant_message("Take a break.")]])
    one, two = await asyncio.gather(press(first, card), press(first, card))
    assert turn_of(one) == turn_of(two)
    assert tool_function.titles("alice") == ["milk"]
    assert len(await first.items(card[0])) == 4


async def test_action_and_message_exclude_each_other(
    first: Environment, card: tuple[str, str], slow: Slow, tool_function: ToolFunction
) -> None:
    first.model.extend([slow.step])
    message = asyncio.create_task(first.say("Tell me a story", card[0]))
    await wait_for_text(first, card[0])
    refused = await press(first, card)
    assert refused.status_code == 409
    assert tool_function.titles("alice") == []
    slow.may_continue.set()
    await message


async def test_action_can_be_stopped_and_keeps_its_change(
    first: Environment, card: tuple[str, str], slow: Slow, tool_function: ToolFunction
) -> None:
    first.model.extend([slow.step])
    pressed = asyncio.create_task(press(first, card))
    await wait_for_text(first, card[0])
    [turn] = first.gate.row("alice").turns
    assert first.gate.cancel_turn("alice", turn.id)
    assert turn_of(await pressed) == turn.id
    assert tool_function.titles("alice") == ["milk"]
    assert (await first.items(card[0]))[-2:] == [
        ("user_message", "What next?"),
        ("assistant_message", "Once upon "),
    ]


async def test_action_stopped_while_its_tool_runs_acts_once_when_it_is_repeated(
    first: Environment, card: tuple[str, str], tool_function: ToolFunction
) -> None:
    def stop() -> None:
        tool_function.before = lambda: None
        [turn] = first.gate.row("alice").turns
        first.gate.cancel_turn("alice", turn.id)

    tool_function.before = stop
    first.model.extend([[assistant_message("Take a break.")]])
    await press(first, card)
    first.model.extend([[assistant_message("Take a break.")]])
    await press(first, card)
    assert tool_function.titles("alice") == ["milk"]


async def crash_during_the_answer(
    chat: Environment, card: tuple[str, str], slow: Slow, *steps: Any
) -> None:
    """Let a process die after the action was done and its answer has begun."""
    chat.model.extend([*steps, slow.step])
    pressed = asyncio.create_task(press(chat, card))
    await wait_for_text(chat, card[0])
    snapshot = TableSnapshot()
    slow.may_continue.set()
    await pressed
    snapshot.restore()


async def test_action_repeated_after_a_crash_is_answered_and_not_done_again(
    first: Environment,
    second: Environment,
    card: tuple[str, str],
    slow: Slow,
    gate_clock: GateClock,
    tool_function: ToolFunction,
) -> None:
    listed = function_call("list_tasks", {}, call_id="c1")
    await crash_during_the_answer(first, card, slow, [listed])
    left = {item["id"] for item in of_type(await first.shown(card[0]), "workflow")}
    gate_clock.ahead = 61
    second.model.extend([[assistant_message("Once upon a time.")]])
    events = second.events(await press(second, card), known=left)
    assert {event["item_id"] for event in of_type(events, "thread.item.removed")} == left
    assert len(left) == 1
    assert tool_function.titles("alice") == ["milk"]
    # What is left of the first answer's text expires with its lease.
    stored = [item for item in await second.shown(card[0]) if "running" not in item["id"]]
    kinds = ["user_message", "assistant_message", "widget", "end_of_turn"]
    assert types(stored) == [*kinds, *kinds]
    assert str(second.last_call.input).count("What next?") == 1


async def test_action_after_its_answer_is_a_new_one(
    first: Environment, card: tuple[str, str], tool_function: ToolFunction
) -> None:
    first.model.extend([[assistant_message("One.")], [assistant_message("Two.")]])
    await press(first, card)
    await press(first, card)
    assert tool_function.titles("alice") == ["milk", "milk"]
    assert len(of_type(await first.shown(card[0]), "user_message")) == 3


async def test_message_after_a_crash_reads_the_action_that_was_lost(
    first: Environment,
    second: Environment,
    card: tuple[str, str],
    slow: Slow,
    gate_clock: GateClock,
) -> None:
    await crash_during_the_answer(first, card, slow)
    gate_clock.ahead = 61
    second.model.extend([[assistant_message("Yes.")]])
    await second.say("Are you there?", card[0])
    given = str(second.last_call.input)
    positions = [given.index(each) for each in ("What next?", "stopped here", "Are you there?")]
    assert positions == sorted(positions)


async def test_thread_deleted_during_the_answer_leaves_nothing(
    first: Environment, card: tuple[str, str], slow: Slow
) -> None:
    first.model.extend([slow.step])
    pressed = asyncio.create_task(press(first, card))
    await wait_for_text(first, card[0])
    await first.send("threads.delete", thread_id=card[0])
    events = first.events(await pressed)
    assert events[-1]["message"] == "This chat was deleted."

    async def gone() -> bool:
        return (await first.send("threads.get_by_id", thread_id=card[0])).status_code == 404

    await awaited(gone)
