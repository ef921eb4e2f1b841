"""The assistant calls any offered tool that the user names."""

import pytest

from local_stack.model.assistant.answer import answer
from local_stack.model.conversation import (
    Call,
    Conversation,
    Entry,
    ToolCall,
    ToolResult,
    UserMessage,
)
from tests.unit.local_stack.model.assistant.assistant_client import SATURDAY, TOOLS, tool

DICE = (*TOOLS, tool("roll_dice", "count"))


def asked(*entries: Entry) -> Conversation:
    return Conversation(entries, SATURDAY, tools=DICE)


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("Use roll_dice", {}),
        ("please use roll_dice.", {}),
        ('Use roll_dice with {"count": 3}', {"count": 3}),
    ],
)
def test_the_tool_is_called_with_the_given_arguments(
    text: str, arguments: dict[str, object]
) -> None:
    assert answer(asked(UserMessage(text))).calls == (Call("roll_dice", arguments),)


def test_the_answer_shows_the_output() -> None:
    called = ToolCall("c1", "roll_dice", "{}")
    conversation = asked(UserMessage("Use roll_dice"), called, ToolResult("c1", "[1, 6]"))
    assert answer(conversation).text == "roll_dice answered: [1, 6]"


@pytest.mark.parametrize("arguments", ["{]}", "{1}"])
def test_arguments_that_are_not_json_are_refused(arguments: str) -> None:
    reply = answer(asked(UserMessage(f"Use roll_dice with {arguments}")))
    assert reply.text == "The text after “with” is not JSON."


def test_a_tool_that_is_not_offered_is_not_called() -> None:
    assert answer(asked(UserMessage("Use rocket"))).calls == ()
