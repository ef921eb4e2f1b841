"""Calls that wait among odd ones: unreadable texts, handoffs, unknown tools, images."""

import base64
from dataclasses import replace
from typing import Any

import pytest
from agents import Agent, function_tool
from agents.testing import assistant_message, function_call
from mcp_types import CallToolResult, ImageContent, TextContent

from chat_api.conversation.approvals import APPROVE
from chat_api.conversation.assistant import Assistant
from chat_api.conversation.server import ConversationServer
from chat_api.tools.results import as_output, for_model
from chatcore.gate.limits import Limits
from task_tools.models import TaskFilter
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.test_approvals import ADD, asked, decide
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.waiting_turns import ASK, submit
from tests.unit.chat_api.wire import done, of_type, types

HALF = '"\\ud83d"'


@function_tool(needs_approval=True)
def erase() -> str:
    """Erase everything."""
    return "Erased."


SPECIALIST = Agent(name="specialist", tools=[erase])


@pytest.fixture
def assistant(assistant: Assistant) -> Assistant:
    assistant.agent.handoffs = [SPECIALIST]
    return replace(assistant, approvals={"add_task": "always"})


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("add_task", f'{{"title": {HALF}}}'),
        ("ask_user", f'{{"questions": [{{"question": {HALF}}}]}}'),
        ("local_time", f'{{"zone": {HALF}}}'),
    ],
)
async def test_half_a_character_in_a_call_becomes_a_question_mark(
    chat: Chat, tool: str, arguments: str
) -> None:
    chat.model.extend([[function_call(tool, arguments, call_id="c1")]])
    item = (await chat.say("Please"))[-1]["item"]
    assert item["status"] == "pending"


async def test_approval_with_two_values_is_refused_and_the_question_stays_open(
    chat: Chat, tool_function: ToolFunction
) -> None:
    form = await asked(chat, ADD)
    [question] = form["inputs"]
    refused = await chat.send(
        "threads.add_structured_input",
        thread_id=form["thread_id"],
        item_id=form["id"],
        input={"answers": {question["id"]: {"values": [APPROVE, "No"]}}},
    )
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_request")
    assert (await chat.shown(form["thread_id"]))[-1] == form
    await decide(chat, form, APPROVE)
    assert tool_function.titles("alice") == ["milk"]


async def test_handoff_beside_a_call_that_waits_does_not_hinder_the_answer(
    chat: Chat, tool_function: ToolFunction
) -> None:
    form = await asked(chat, ADD, function_call("transfer_to_specialist", {}, call_id="c2"))
    events = await decide(chat, form, APPROVE)
    assert types(done(events))[-1] == "end_of_turn"
    assert tool_function.titles("alice") == ["milk"]


async def test_approval_that_the_service_cannot_ask_for_ends_the_turn_with_an_error(
    chat: Chat, logged: list[dict[str, Any]]
) -> None:
    transfer = function_call("transfer_to_specialist", {}, call_id="c1")
    chat.model.extend([[transfer], [function_call("erase", {}, call_id="c2")]])
    events = await chat.say("Erase everything")
    assert events[-1]["type"] == "error"
    [line] = [line for line in logged if line["message"] == "call_cannot_wait"]
    assert line["tools"] == ["erase"]
    thread = events[0]["thread"]["id"]
    chat.model.extend([[assistant_message("Fine.")]])
    assert types(done(await chat.say("Hello", thread)))[-1] == "end_of_turn"


async def test_rule_for_an_unknown_tool_is_logged(
    chat: Chat, server: ConversationServer, logged: list[dict[str, Any]], assistant: Assistant
) -> None:
    server._assistant = replace(assistant, approvals={"add_tasks": "always"})
    chat.model.extend([[assistant_message("Hello!")]])
    await chat.say("Hi")
    [line] = [line for line in logged if line["message"] == "approval_of_unknown_tool"]
    assert (line["level"], line["tool"]) == ("ERROR", "add_tasks")


async def test_rule_is_not_called_unknown_while_its_server_is_out_of_reach(
    chat: Chat, tool_function: ToolFunction, logged: list[dict[str, Any]]
) -> None:
    tool_function.broken = True
    chat.model.extend([[assistant_message("Hello!")]])
    await chat.say("Hi")
    assert [line for line in logged if line["message"] == "approval_of_unknown_tool"] == []


@pytest.mark.parametrize(("rule", "asks"), [("never", 0), ("destructive", 0), ("always", 1)])
async def test_rule_for_our_own_tools_holds_for_those_without_a_rule(
    chat: Chat, server: ConversationServer, assistant: Assistant, rule: Any, asks: int
) -> None:
    server._assistant = replace(assistant, approval=rule, approvals={})
    chat.model.extend([[ADD], [assistant_message("Added.")]])
    events = await chat.say("Add milk")
    assert len(of_type(done(events), "structured_input")) == asks


async def test_deletion_is_described_by_the_title_of_its_task(
    chat: Chat, tool_function: ToolFunction
) -> None:
    form = await asked(chat, ADD)
    await decide(chat, form, APPROVE)
    [task] = tool_function.tasks.page("alice", TaskFilter()).tasks
    form = await asked(chat, function_call("delete_task", {"task": task.id}, call_id="c2"))
    [question] = form["inputs"]
    assert question["question"] == (
        "May the assistant do this: Delete the task “milk” (tool: Delete a task)?"
    )


async def test_description_that_fails_is_replaced_by_the_arguments(
    chat: Chat, server: ConversationServer, assistant: Assistant, logged: list[dict[str, Any]]
) -> None:
    async def fail(*_call: object) -> None:
        raise LookupError

    server._assistant = replace(assistant, describe=fail)
    form = await asked(chat, ADD)
    assert 'title: "milk"' in form["inputs"][0]["question"]
    assert [line["error"] for line in logged if line["message"] == "call_not_described"] == [
        "LookupError"
    ]


def test_output_of_an_approved_call_keeps_its_image() -> None:
    data = base64.b64encode(b"png").decode()
    image = ImageContent(type="image", data=data, mime_type="image/png")
    output = as_output(for_model(CallToolResult(content=[image])))
    assert output[1] == {"type": "input_image", "image_url": f"data:image/png;base64,{data}"}
    text = CallToolResult(content=[TextContent(type="text", text="Done.")])
    assert as_output(for_model(text)) == "Done."


async def test_question_stays_open_when_the_users_limit_refuses_the_answer(
    chat: Chat,
) -> None:
    chat.gate._limits = Limits(user_per_minute=1)
    chat.model.extend([[ASK]])
    form = (await chat.say("Please"))[-1]["item"]
    assert (await submit(chat, form, "milk")).status_code == 429
    assert (await chat.shown(form["thread_id"]))[-1] == form
