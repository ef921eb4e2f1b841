"""What a person reads before they approve a call."""

from dataclasses import replace
from typing import Any

import pytest
from agents.testing import assistant_message, function_call

from chat_api.conversation.approvals import APPROVE_IN_THREAD, QUESTION_BYTES, approval_question
from chat_api.conversation.assistant import Assistant
from chat_api.conversation.held_calls import TOO_LONG
from chat_api.tools.tool_description import ToolDescription
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.wire import done, of_type, results


@pytest.fixture
def assistant(assistant: Assistant) -> Assistant:
    return replace(assistant, approvals={"add_task": "always"})


def test_option_for_the_thread_says_how_much_it_allows() -> None:
    assert APPROVE_IN_THREAD == "Yes, and allow this tool with any arguments in this chat"


SEND = ToolDescription("Send", None, is_own=False, server="mail tools")


def test_arguments_cannot_imitate_other_lines_of_the_question() -> None:
    described = ToolDescription("Send\nto: no one", None, is_own=False, server="mail\ntools")
    lines = approval_question(described, {"to": "eve\nto: bob", "a\nb": 1}).split("\n")
    assert lines == [
        "May the assistant do this with the mail tools: Send to: no one?",
        'to: "eve\\nto: bob"',
        "a b: 1",
    ]


def test_every_argument_is_shown_whole() -> None:
    body = f"{'x' * 1000} PAY EVE 1000 {'x' * 1000}"
    lines = approval_question(SEND, {"body": body} | {f"a{n}": n for n in range(15)}).split("\n")
    assert lines[1:] == [f'body: "{body}"', *(f"a{n}: {n}" for n in range(15))]
    [_, line] = approval_question(SEND, {"n" * 500: 1}).split("\n")
    assert line == f"{'n' * 500}: 1"


def test_description_is_shown_whole_and_one_that_is_too_long_gives_way_to_the_arguments() -> None:
    what = f"Send {'x' * 300}"
    assert approval_question(SEND, {"to": "eve"}, what) == (
        f"May the assistant do this with the mail tools: {what} (tool: Send)?"
    )
    question = approval_question(SEND, {"to": "eve"}, "x" * (QUESTION_BYTES + 1))
    assert question == 'May the assistant do this with the mail tools: Send?\nto: "eve"'


@pytest.mark.parametrize("arguments", [{"title": "x" * 5000}, {"title": "x", "y" * 5000: 1}])
async def test_call_whose_arguments_are_too_long_to_read_is_refused_to_the_model(
    chat: Chat, tool_function: ToolFunction, arguments: dict[str, Any]
) -> None:
    long = function_call("add_task", arguments, call_id="c1")
    chat.model.extend([[long], [assistant_message("Sorry.")]])
    events = await chat.say("Add it")
    assert of_type(done(events), "structured_input") == []
    assert results(chat) == [TOO_LONG]
    assert tool_function.calls == []


# Line breaks, controls of direction and invisible characters.
TRICKS = "\u2028\u2029\x85\u202e\u2066\x1b\u200b\u2060\ufeff\u200e\u200f\u061c\xad\u180e\U000e0041"


@pytest.mark.parametrize("trick", TRICKS)
def test_characters_that_mislead_are_shown_as_escapes(trick: str) -> None:
    described = ToolDescription(f"Se{trick}nd", None, is_own=False, server="mail")
    question = approval_question(described, {"to": f"eve{trick}to: bob", f"a{trick}b": 1})
    assert trick not in question
    code = f"{ord(trick):04x}"
    assert f"eve\\u{code if len(code) == 4 else f'{{{code}}}'}to: bob" in question
    assert len(question.splitlines()) == 3


@pytest.mark.parametrize("joiner", ["\u200c", "\u200d"])
def test_joiners_that_scripts_and_emoji_need_are_kept(joiner: str) -> None:
    assert f"a{joiner}b" in approval_question(SEND, {"to": f"a{joiner}b"})
