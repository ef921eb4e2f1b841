"""The examples of docs/guides/actions.md, each in a conversation."""

import re
from pathlib import Path
from typing import Any

import pytest
from agents.testing import assistant_message, function_call

from chat_api.conversation.assistant import Assistant
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.test_action_answers import act
from tests.unit.chat_api.wire import thread_of, types

PAGE = Path(__file__).parents[3] / "docs" / "guides" / "actions.md"
STARTS, LOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)


@pytest.fixture
def assistant(example: str) -> Assistant:
    # The code alone, without blank lines.
    assert len([line for line in example.splitlines() if line.strip()]) <= 20
    names: dict[str, Any] = {"__name__": "example"}
    exec(example, names)
    assistant: Assistant = names["assistant"]
    return assistant


@pytest.mark.parametrize("example", [STARTS])
async def test_action_of_the_page_starts_an_answer(chat: Chat, example: str) -> None:
    chat.model.extend([[assistant_message("Hello.")], [assistant_message("To Rome.")]])
    thread = thread_of(await chat.say("Hi"))
    await act(chat, thread, "trips.suggest")
    assert [text for _, text in await chat.items(thread)] == [
        "Hi",
        "Hello.",
        "Where should I go next?",
        "To Rome.",
    ]


@pytest.mark.parametrize("example", [LOCKS])
async def test_tool_locks_the_thread_and_an_action_unlocks_it(chat: Chat, example: str) -> None:
    chat.model.extend(
        [[function_call("hand_over", {}, call_id="c1")], [assistant_message("One moment.")]]
    )
    thread = thread_of(await chat.say("Get me a person"))
    [refused] = await chat.say("Hello?", thread)
    assert refused["message"] == "A person will answer you."
    assert types(chat.events(await act(chat, thread, "reopen")))[-1] == "thread.updated"
    chat.model.extend([[assistant_message("Hello.")]])
    assert (await chat.say("Hello?", thread))[-1]["item"]["type"] == "end_of_turn"
