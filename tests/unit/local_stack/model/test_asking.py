"""Requests that the page or the person has to help with."""

import json
from datetime import timedelta
from typing import Any

import pytest

from local_stack.model.assistant.answer import answer
from local_stack.model.conversation import Conversation, UserMessage
from tests.unit.local_stack.model.assistant.assistant_client import (
    SATURDAY,
    TOOLS,
    AssistantClient,
    tool,
)

WAITING = (*TOOLS, tool("local_time"), tool("ask_user", "questions"))
SKIPPED = "(The user skipped this question.)"
WEDNESDAY = SATURDAY + timedelta(days=4)


def user_who_answers(name: str, output: Any) -> AssistantClient:
    user = AssistantClient(tools=WAITING)
    user.outputs[name] = [json.dumps(output)]
    return user


@pytest.mark.parametrize("request_", ["What time is it?", "what time is it"])
def test_page_is_asked_for_the_time(request_: str) -> None:
    user = user_who_answers("local_time", {"time": "12:00", "zone": "Europe/Rome"})
    assert user.say(request_) == "It is 12:00, Europe/Rome."


@pytest.mark.parametrize(
    ("answers", "text", "task"),
    [
        (
            ["call Mom", "Wednesday", ["Free evenings", "Exercise"]],
            f'I have added "call Mom" (due {WEDNESDAY}) to your list. I will keep this in mind:'
            " Free evenings and Exercise.",
            {"call Mom": {"done": False, "due_date": f"{WEDNESDAY}"}},
        ),
        (
            ["call Mom", SKIPPED, "Sleep"],
            'I have added "call Mom" to your list. I will keep this in mind: Sleep.',
            {"call Mom": {"done": False}},
        ),
        ([SKIPPED] * 3, "Then your week stays as it is.", {}),
    ],
)
def test_person_is_asked_for_a_plan_and_the_task_is_added(
    answers: list[Any], text: str, task: dict[str, Any]
) -> None:
    given = [{"question": "?", "answer": each} for each in answers]
    user = user_who_answers("ask_user", given)
    dated = tool("add_task", "title", "due_date")
    user.conversation = Conversation((), SATURDAY, tools=(dated, *WAITING[1:]))
    assert user.say("Help me plan my week") == text
    assert user.tasks == task
    questions: Any = user.steps[0][0].arguments["questions"]
    assert [len(each.get("options", [])) for each in questions] == [0, 3, 3]


@pytest.mark.parametrize("text", ["What time is it?", "Help me plan my week"])
def test_nothing_is_asked_without_the_tool(text: str) -> None:
    assert answer(Conversation((UserMessage(text),), SATURDAY, tools=TOOLS)).calls == ()


def test_declined_call_is_reported_as_not_done() -> None:
    user = AssistantClient("buy milk")
    user.outputs["delete_task"] = ["The user declined this call, and it was not done."]
    assert user.say("Delete buy milk").startswith('I could not delete "buy milk": The user')
