"""An assistant whose tools could not work is refused at startup."""

from typing import Any

import pytest
from agents import Agent, FunctionTool, function_tool

from chat_api.conversation.assistant import Assistant, ClientTool
from chat_api.conversation.assistant_check import check_assistant
from task_assistant.agent import assistant as task_assistant


@function_tool
def note(text: str) -> str:
    """Keep a note."""
    return text


@function_tool(needs_approval=True)
def forget(text: str) -> str:
    """Forget a note."""
    return text


def tool(name: str) -> ClientTool:
    return ClientTool(name, "Do something in the page.")


def assistant(*tools: FunctionTool, **changed: Any) -> Assistant:
    return Assistant(Agent(name="assistant", tools=[*tools]), **changed)


@pytest.mark.parametrize(
    ("refused", "fault"),
    [
        (assistant(note, client_tools=[tool("note")]), "Two tools are called note"),
        (assistant(client_tools=[tool("map"), tool("map")]), "Two tools are called map"),
        (assistant(client_tools=[tool("ask_user")]), "Two tools are called ask_user"),
        (assistant(client_tools=[tool("ask_again")]), "Two tools are called ask_again"),
        (assistant(approval="sometimes"), "approval: must be one of never, destructive, always"),
        (assistant(approvals={"add_task": "Always"}), "add_task: must be one of never"),
        (assistant(note, approvals={"note": "always"}), "note: only calls of MCP tools"),
        (
            assistant(client_tools=[tool("map")], approvals={"map": "never"}),
            "map: only calls of MCP tools",
        ),
        (assistant(forget), "forget: only calls of MCP tools"),
    ],
)
def test_fault_is_named(refused: Assistant, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        check_assistant(refused)


@pytest.mark.parametrize(
    "accepted", [task_assistant, assistant(note, approvals={"add_task": "always"})]
)
def test_other_assistants_are_accepted(accepted: Assistant) -> None:
    check_assistant(accepted)
