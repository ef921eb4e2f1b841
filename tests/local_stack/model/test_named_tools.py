"""A tool that the assistant knows nothing of is used when the user names it."""

import pytest

from local_stack.model.assistant import answer
from local_stack.model.conversation import (
    Call,
    Conversation,
    Entry,
    ToolCall,
    ToolResult,
    UserMessage,
)
from tests.local_stack.model.chat import SATURDAY, TOOLS, tool

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
def test_it_is_called_with_what_the_user_gives(text: str, arguments: dict[str, object]) -> None:
    assert answer(asked(UserMessage(text))).calls == (Call("roll_dice", arguments),)


def test_what_it_answers_is_told() -> None:
    called = ToolCall("c1", "roll_dice", "{}")
    conversation = asked(UserMessage("Use roll_dice"), called, ToolResult("c1", "[1, 6]"))
    assert answer(conversation).text == "roll_dice answered: [1, 6]"


@pytest.mark.parametrize("arguments", ["{]}", "{1}"])
def test_what_is_no_json_is_told(arguments: str) -> None:
    reply = answer(asked(UserMessage(f"Use roll_dice with {arguments}")))
    assert reply.text == "What stands after “with” is not JSON."


def test_a_tool_that_is_not_offered_is_not_called() -> None:
    assert answer(asked(UserMessage("Use rocket"))).calls == ()
