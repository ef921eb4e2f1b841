"""A team's assistant: one with only an agent, its widgets and actions, and parts that fail."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from agents import Agent
from agents.testing import assistant_message, function_call
from chatkit.widgets import DynamicWidgetRoot, WidgetRoot
from pydantic import BaseModel, TypeAdapter

from chat_api.conversation.agent_run import agent_for_turn
from chat_api.conversation.assistant import (
    ActionRequest,
    ActionResult,
    Assistant,
    ToolCall,
    Widget,
    WidgetAction,
)
from chat_api.conversation.turn_context import TurnContext
from task_assistant.agent import assistant as task_assistant
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.test_progress import tasks_of, workflows
from tests.unit.chat_api.wire import done, of_type, thread_of, types

ADD = function_call("add_task", {"title": "milk"}, call_id="c1")
CARD = Widget(
    DynamicWidgetRoot.model_validate(
        {"type": "Card", "children": [{"type": "Text", "id": "t", "value": "7"}]}
    )
)


class Payload(BaseModel):
    number: int


async def show_card(_calls: Sequence[ToolCall], _tools: Any) -> Widget | None:
    return CARD


async def show_nothing_valid(_calls: Sequence[ToolCall], _tools: Any) -> Widget | None:
    wrong: Any = "no widget"
    return Widget(wrong)


async def fail(*_arguments: Any) -> Any:
    raise ZeroDivisionError("hunter2")


def fail_at_once(_call: ToolCall) -> str | None:
    raise ZeroDivisionError("hunter2")


async def confirm(request: ActionRequest[Payload]) -> ActionResult:
    return ActionResult(CARD, f"Number {request.payload.number} was taken.", is_done=True)


SMALLEST = Assistant(Agent[TurnContext](name="smallest", instructions="Answer."))


@pytest.fixture
def assistant(request: pytest.FixtureRequest) -> Assistant:
    given: Assistant = request.param
    return replace(given, agent=given.agent.clone())


def uses(given: Assistant) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("assistant", [given], indirect=True)


def script_answer(chat: Chat) -> None:
    chat.model.extend([[ADD], [assistant_message("Added.")]])


@uses(SMALLEST)
async def test_assistant_with_only_an_agent_shows_the_tools_own_titles(chat: Chat) -> None:
    script_answer(chat)
    events = await chat.say("Add milk")
    [workflow] = workflows(done(events))
    assert tasks_of(workflow) == [("Add a task", "complete")]
    assert chat.model.calls[0].system_instructions == "Answer."
    items = types(done(events))
    assert "widget" not in items
    assert items[-1] == "end_of_turn"


@uses(replace(SMALLEST, label=fail_at_once))
async def test_failing_label_is_skipped(chat: Chat, logged: list[dict[str, Any]]) -> None:
    script_answer(chat)
    events = await chat.say("Add milk")
    [workflow] = workflows(done(events))
    assert tasks_of(workflow) == [("Add a task", "complete")]
    assert events[-1]["item"]["type"] == "end_of_turn"
    failures = [line for line in logged if line["message"] == "tool_label_failed"]
    assert failures[0]["tool"] == "add_task"
    assert "fail_at_once" in failures[0]["raised_at"][-1]
    assert "hunter2" not in str(logged)


@pytest.mark.parametrize(
    "assistant",
    [replace(SMALLEST, widgets=[broken, show_card]) for broken in (fail, show_nothing_valid)],
    indirect=True,
)
async def test_failing_widget_is_skipped_and_the_next_one_is_shown(
    chat: Chat, logged: list[dict[str, Any]]
) -> None:
    script_answer(chat)
    events = await chat.say("Add milk")
    [notice] = of_type(events, "notice")
    assert "could not be shown" in notice["message"]
    shown = of_type(done(events), "widget")
    assert [item["widget"]["children"][0]["value"] for item in shown] == ["7"]
    assert events[-1]["item"]["type"] == "end_of_turn"
    assert "widget_not_shown" in [line["message"] for line in logged]


async def card_thread(chat: Chat) -> tuple[str, str]:
    """Return the thread and the item of a card shown after an answer."""
    script_answer(chat)
    events = await chat.say("Add milk")
    [item] = of_type(done(events), "widget")
    return thread_of(events), item["id"]


WITH_ACTIONS = replace(
    SMALLEST,
    widgets=[show_card],
    actions={"number.take": WidgetAction(Payload, confirm), "fail": WidgetAction(Payload, fail)},
)


async def press(chat: Chat, card: tuple[str, str], action: dict[str, Any], kind: str) -> Any:
    params: dict[str, Any] = {"thread_id": card[0], "item_id": card[1], "action": action}
    return await chat.send(f"threads.{kind}", **params)


@pytest.mark.parametrize("kind", ["custom_action", "sync_custom_action"])
@uses(WITH_ACTIONS)
async def test_action_gets_its_payload_as_the_declared_type(chat: Chat, kind: str) -> None:
    card = await card_thread(chat)
    answer = await press(chat, card, {"type": "number.take", "payload": {"number": 7}}, kind)
    assert answer.status_code == 200
    assert '"error"' not in answer.text
    for payload in ({}, {"number": "seven"}, None):
        refused = await press(chat, card, {"type": "number.take", "payload": payload}, kind)
        assert refused.status_code == 400
    unknown = await press(chat, card, {"type": "number.give", "payload": {"number": 7}}, kind)
    assert unknown.status_code == 400


@uses(WITH_ACTIONS)
async def test_failing_action_is_logged_and_returns_an_error(
    chat: Chat, logged: list[dict[str, Any]]
) -> None:
    card = await card_thread(chat)
    action = {"type": "fail", "payload": {"number": 7}}
    streamed = await press(chat, card, action, "custom_action")
    assert streamed.status_code == 200
    assert '"type":"error"' in streamed.text
    at_once = await press(chat, card, action, "sync_custom_action")
    assert at_once.status_code == 500
    assert at_once.json()["code"] == "internal"
    assert "hunter2" not in streamed.text + at_once.text + str(logged)
    assert {"action_failed", "request_failed"} <= {line["message"] for line in logged}
    chat.model.extend([[assistant_message("Still here.")]])
    assert of_type(await chat.say("Hi", thread=card[0]), "error") == []


async def decline(request: ActionRequest[Payload]) -> ActionResult:
    return ActionResult(CARD, f"Number {request.payload.number} is taken.", is_done=False)


@uses(replace(WITH_ACTIONS, actions={"number.take": WidgetAction(Payload, decline)}))
async def test_response_with_only_a_widget_shows_the_message_in_it(chat: Chat) -> None:
    card = await card_thread(chat)
    action = {"type": "number.take", "payload": {"number": 7}}
    answer = await press(chat, card, action, "sync_custom_action")
    shown = answer.json()["updated_item"]["widget"]["children"]
    assert [each["value"] for each in shown] == ["7", "Number 7 is taken."]


ROW = {"type": "ListViewItem", "children": [{"type": "Text", "value": "7"}]}


@pytest.mark.parametrize(
    "root",
    [
        {"type": "Basic", "children": {"type": "Text", "value": "7"}},
        {"type": "Card"},
        {"type": "ListView", "children": [ROW]},
    ],
    ids=lambda root: root["type"],
)
def test_every_kind_of_widget_can_show_a_line(root: dict[str, Any]) -> None:
    strict = TypeAdapter[WidgetRoot](WidgetRoot)
    for read in (DynamicWidgetRoot.model_validate, strict.validate_python):
        shown = Widget(read({"children": []} | root), "7")
        ended = shown.with_line("Too late.")
        assert "Too late." in str(ended.root.model_dump()["children"][-1])
        assert ended.root.type == root["type"]
        assert ended.copy_text == "7"


async def test_the_turns_agent_has_its_own_model_settings_and_the_turns_model() -> None:
    class NoTools:
        async def remark(self) -> str:
            return ""

    agent = task_assistant.agent.clone()
    agent.model_settings = replace(agent.model_settings, temperature=0.25)
    tools: Any = NoTools()
    shaped = agent_for_turn(agent, "gpt-4.1", tools)
    assert shaped.model == "gpt-4.1"
    assert shaped.model_settings.temperature == 0.25
    assert agent.mcp_servers == []
