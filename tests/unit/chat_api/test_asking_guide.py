"""The examples of docs/guides/asking.md, each in a conversation."""

import re
from pathlib import Path
from typing import Any

import pytest
from agents.testing import assistant_message, function_call

from chat_api.conversation.approvals import APPROVE
from chat_api.conversation.assistant import Assistant
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.tool_function import ToolFunction

PAGE = Path(__file__).parents[3] / "docs" / "guides" / "asking.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
CALLS = (
    ("show_on_map", {"name": "Rome"}, "client_tool_call"),
    ("ask_user", {"questions": [{"question": "When?"}]}, "structured_input"),
    ("add_task", {"title": "milk"}, "structured_input"),
)


@pytest.fixture
def assistant(example: str) -> Assistant:
    names: dict[str, Any] = {}
    exec(example, names)
    assistant: Assistant = names["assistant"]
    return assistant


@pytest.mark.parametrize(
    ("example", "tool", "arguments", "kind"),
    [(example, *call) for example, call in zip(EXAMPLES, CALLS, strict=True)],
    ids=[call[0] for call in CALLS],
)
async def test_each_example_lets_a_turn_wait(
    chat: Chat, example: str, tool: str, arguments: dict[str, Any], kind: str
) -> None:
    assert len(example.splitlines()) <= 20
    chat.model.extend([[function_call(tool, arguments, call_id="c1")]])
    item = (await chat.say("Please"))[-1]["item"]
    assert (item["type"], item["status"]) == (kind, "pending")


@pytest.mark.parametrize("example", EXAMPLES[2:])
async def test_a_call_that_the_example_asks_for_runs_once_it_is_approved(
    chat: Chat, tool_function: ToolFunction, example: str
) -> None:
    chat.model.extend([[function_call("add_task", {"title": "milk"}, call_id="c1")]])
    form = (await chat.say("Please"))[-1]["item"]
    chat.model.extend([[assistant_message("Done.")]])
    await chat.send(
        "threads.add_structured_input",
        thread_id=form["thread_id"],
        item_id=form["id"],
        input={"answers": {form["inputs"][0]["id"]: {"values": [APPROVE]}}},
    )
    assert tool_function.titles("alice") == ["milk"]
