"""The examples of docs/guides/mentions.md work as they are."""

import re
from pathlib import Path
from typing import Any

import pytest
from agents.testing import assistant_message, function_call

from chat_api.conversation.assistant import Assistant
from task_tools.models import NewTask
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.wire import words

PAGE = Path(__file__).parents[3] / "docs" / "guides" / "mentions.md"
MENTIONS, TOOLS = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)


@pytest.fixture
def assistant(example: str) -> Assistant:
    assert len(example.splitlines()) <= 20
    names: dict[str, Any] = {}
    exec(example, names)
    assistant: Assistant = names["assistant"]
    return assistant


@pytest.mark.parametrize("example", [MENTIONS])
async def test_what_the_example_finds_can_be_mentioned(
    chat: Chat, tool_function: ToolFunction
) -> None:
    tool_function.tasks.add("alice", NewTask(title="Buy milk"))
    for query in (b'{"query": ""}', b'{"query": "milk"}'):
        answer = await chat.ask("POST", "/chatkit/entities", content=query)
        assert [each["title"] for each in answer.json()["entities"]] == ["Buy milk"]


@pytest.mark.parametrize("example", [TOOLS])
async def test_the_answer_begins_with_the_example_s_tool(chat: Chat) -> None:
    chat.model.extend(
        [[function_call("list_tasks", {}, call_id="c1")], [assistant_message("None.")]]
    )
    message = words("Hi", inference_options={"tool_choice": {"id": "tasks"}})
    chat.events(await chat.send("threads.create", input=message))
    assert chat.model.calls[0].model_settings.tool_choice == "list_tasks"
