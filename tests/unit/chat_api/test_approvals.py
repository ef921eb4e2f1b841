"""Calls that run only after the person has approved them."""

from dataclasses import replace
from typing import Any

import pytest
from agents.testing import assistant_message, function_call
from mcp_types import Tool, ToolAnnotations

from chat_api.conversation.approvals import (
    APPROVE,
    APPROVE_IN_THREAD,
    DECLINE,
)
from chat_api.conversation.assistant import Assistant
from chat_api.conversation.server import ConversationServer
from chat_api.tools.approval import Approval, asks_first
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.waiting_turns import give
from tests.unit.chat_api.wire import done, of_type, results, types


def add(title: str, call_id: str = "c1") -> Any:
    return function_call("add_task", {"title": title}, call_id=call_id)


ADD = add("milk")


@pytest.fixture
def assistant(assistant: Assistant) -> Assistant:
    return replace(assistant, approvals={"add_task": "always", "delete_task": "destructive"})


async def asked(chat: Chat, *calls: Any) -> dict[str, Any]:
    """Return the form that asks for approval of calls."""
    chat.model.extend([list(calls)])
    events = await chat.say("Add milk")
    [form] = of_type(done(events), "structured_input")
    return dict(form)


async def decide(chat: Chat, form: dict[str, Any], *values: str, more: Any = ()) -> Any:
    """Answer each question of a form with one of the values."""
    chat.model.extend([*more, [assistant_message("I see.")]])
    answers = {
        question["id"]: {"values": [value]}
        for question, value in zip(form["inputs"], values, strict=False)
    }
    response = await chat.send(
        "threads.add_structured_input",
        thread_id=form["thread_id"],
        item_id=form["id"],
        input={"answers": answers},
    )
    return chat.events(response)


async def test_call_waits_until_the_person_approves_it(
    chat: Chat, tool_function: ToolFunction
) -> None:
    form = await asked(chat, ADD)
    assert tool_function.titles("alice") == []
    [question] = form["inputs"]
    assert question["question"].startswith("May the assistant do this: Add a task")
    assert 'title: "milk"' in question["question"]
    assert [each["value"] for each in question["options"]] == [APPROVE, APPROVE_IN_THREAD, DECLINE]
    events = await decide(chat, form, APPROVE)
    assert tool_function.titles("alice") == ["milk"]
    assert "milk" in results(chat)[0]
    kinds = types(await chat.shown(form["thread_id"]))
    assert kinds == [
        "user_message",
        "structured_input",
        "workflow",
        "assistant_message",
        "widget",
        "end_of_turn",
    ]
    [workflow] = of_type(done(events), "workflow")
    assert workflow["workflow"]["tasks"][0]["title"] == "Added “milk”"


@pytest.mark.parametrize(
    "value",
    [DECLINE, "yes", APPROVE.lower(), f"{APPROVE} ", f"{APPROVE}, but tomorrow", "Tomorrow"],
)
async def test_anything_but_the_exact_value_declines(
    chat: Chat, tool_function: ToolFunction, value: str
) -> None:
    form = await asked(chat, ADD)
    await decide(chat, form, value)
    assert tool_function.calls == []
    assert results(chat)[0].startswith("The user declined this call, and it was not done.")
    assert (value in results(chat)[0]) == (value != DECLINE)


async def test_skipped_question_or_another_message_declines(
    chat: Chat, tool_function: ToolFunction
) -> None:
    form = await asked(chat, ADD)
    await decide(chat, form)
    assert "declined" in results(chat)[0]
    chat.model.extend([[ADD], [assistant_message("Fine.")]])
    await chat.say("Add milk", form["thread_id"])
    await chat.say("Forget it", form["thread_id"])
    assert "The user did not answer this" in results(chat)[-1]
    assert tool_function.calls == []


async def test_each_call_of_a_step_is_decided_by_itself(
    chat: Chat, tool_function: ToolFunction
) -> None:
    listing = function_call("list_tasks", {}, call_id="c3")
    form = await asked(chat, ADD, add("bread", "c2"), listing)
    # Calls that need no approval run before the pause.
    assert tool_function.calls == ["list_tasks"]
    await decide(chat, form, DECLINE, APPROVE)
    assert tool_function.titles("alice") == ["bread"]
    declined, added, _ = results(chat)
    assert "declined" in declined
    assert "bread" in added


async def test_repeated_or_changed_call_is_asked_for_again(
    chat: Chat, tool_function: ToolFunction
) -> None:
    form = await asked(chat, ADD)
    again = [add("milk", "c2"), add("bread", "c3")]
    chat.model.extend([again])
    events = chat.events(
        await chat.send(
            "threads.add_structured_input",
            thread_id=form["thread_id"],
            item_id=form["id"],
            input={"answers": {form["inputs"][0]["id"]: {"values": [APPROVE]}}},
        )
    )
    assert tool_function.titles("alice") == ["milk"]
    assert len(events[-1]["item"]["inputs"]) == 2


async def test_tool_that_has_changed_since_is_not_run(
    chat: Chat, tool_function: ToolFunction, store: Any, transcript: Any, context: Any
) -> None:
    form = await asked(chat, ADD)
    [message, _] = await chat.shown(form["thread_id"])
    turn = await transcript.waiting_turn(form["thread_id"], message["id"], context)
    [held] = turn.held
    changed = replace(turn, held=[replace(held, digest="of another declaration")])
    await transcript.save_waiting(form["thread_id"], changed, context)
    events = await decide(chat, form, APPROVE)
    assert tool_function.titles("alice") == []
    assert "the tool has changed since the user was asked" in results(chat)[0]
    [workflow] = of_type(done(events), "workflow")
    assert workflow["workflow"]["tasks"][0]["title"].startswith("Could not add")


async def test_of_an_approval_and_a_tool_of_the_page_the_first_one_waits(
    chat: Chat, tool_function: ToolFunction
) -> None:
    time = function_call("local_time", {}, call_id="c2")
    form = await asked(chat, ADD, time)
    await decide(chat, form, APPROVE)
    assert "only one tool that waits" in str(results(chat))
    chat.model.extend([[time, add("bread")]])
    events = await chat.say("And bread", form["thread_id"])
    assert events[-1]["item"]["type"] == "client_tool_call"
    assert tool_function.titles("alice") == ["milk"]
    chat.model.extend([[assistant_message("Fine.")]])
    await give(chat, form["thread_id"], "12:00")
    assert "only one tool that waits" in results(chat)[-1]


async def test_sixth_approval_of_a_step_is_refused_to_the_model(
    chat: Chat, tool_function: ToolFunction
) -> None:
    form = await asked(chat, *(add(f"task {n}", f"c{n}") for n in range(6)))
    assert len(form["inputs"]) == 5
    await decide(chat, form, *[APPROVE] * 5)
    assert len(tool_function.titles("alice")) == 5
    refused = "This was not done: the user can approve at most 5 calls at a time."
    assert [result.startswith(refused) for result in results(chat)].count(True) == 1


@pytest.mark.parametrize("tool", ["add_task", "list_tasks"])
@pytest.mark.parametrize("arguments", ["{", "[]"])
async def test_unreadable_arguments_are_refused_to_the_model_without_a_question(
    chat: Chat, tool: str, arguments: str
) -> None:
    wrong = function_call(tool, arguments, call_id="c1")
    chat.model.extend([[wrong], [assistant_message("Sorry.")]])
    events = await chat.say("Add milk")
    assert of_type(done(events), "structured_input") == []
    assert types(done(events))[-1] == "end_of_turn"
    assert "not a JSON object" in results(chat)[0]


async def test_tool_out_of_reach_after_the_approval_is_not_reported_as_changed(
    chat: Chat, tool_function: ToolFunction, server: ConversationServer
) -> None:
    form = await asked(chat, ADD)
    for each in server._tools._servers:
        each.forget(silent=False)
    tool_function.broken = True
    await decide(chat, form, APPROVE)
    assert "cannot be reached now" in results(chat)[0]


def tool(**hints: bool) -> Tool:
    return Tool(name="t", input_schema={}, annotations=ToolAnnotations(**hints))


@pytest.mark.parametrize(
    ("rule", "hints", "asks"),
    [
        ("never", {"destructive_hint": True}, False),
        ("always", {"read_only_hint": True}, True),
        ("destructive", {}, True),
        ("destructive", {"read_only_hint": True}, False),
        ("destructive", {"destructive_hint": False}, False),
        ("destructive", {"read_only_hint": False}, True),
    ],
)
def test_rule_and_hints_decide_whether_the_person_is_asked(
    rule: Approval, hints: dict[str, bool], asks: bool
) -> None:
    assert asks_first(rule, tool(**hints)) is asks
