"""What clients see of the task tools: names, titles, hints and scopes."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from chatcore.aws import AwsClients
from chatcore.settings import SettingsError
from task_tools.server import create_server
from tests.unit.mcp_api.function import Event, Function
from tests.unit.mcp_api.login import authorization_server

# Title, then the hints: read-only, destructive, idempotent, open-world.
TOOLS = {
    "add_task": ("Add a task", False, False, False, False),
    "complete_task": ("Complete a task", False, False, True, False),
    "delete_task": ("Delete a task", False, True, True, False),
    "get_task": ("Show a task", True, False, True, False),
    "list_tasks": ("List the tasks", True, False, True, False),
    "reopen_task": ("Reopen a task", False, False, True, False),
    "update_task": ("Change a task", False, False, True, False),
}
ARGUMENTS: Mapping[str, Mapping[str, Any]] = {
    "add_task": {"title": "x"},
    "list_tasks": {},
    "get_task": {"task": "a task"},
    "update_task": {"task": "a task", "priority": "high"},
    "complete_task": {"task": "a task"},
    "reopen_task": {"task": "a task"},
    "delete_task": {"task": "a task"},
}


def test_the_task_tools_are_offered_with_titles_and_all_hints(function: Function) -> None:
    tools = function.listed()
    assert all(tool["description"] for tool in tools.values())
    assert {
        name: (
            tool["title"],
            tool["annotations"]["readOnlyHint"],
            tool["annotations"]["destructiveHint"],
            tool["annotations"]["idempotentHint"],
            tool["annotations"]["openWorldHint"],
        )
        for name, tool in tools.items()
    } == TOOLS


def test_a_read_only_token_may_call_every_read_only_tool_and_no_other(function: Function) -> None:
    function.done("alice", "add_task", title="a task")
    before = function.done("alice", "list_tasks")
    for name, tool in function.listed().items():
        if tool["annotations"]["readOnlyHint"]:
            function.done("alice", name, scope="tasks:read", **ARGUMENTS[name])
        else:
            refused = function.failed("alice", name, scope="tasks:read", **ARGUMENTS[name])
            assert 'Sign in again with the scope "tasks"' in refused
    assert function.done("alice", "list_tasks") == before


def test_the_server_is_called_tasks(function: Function) -> None:
    discovered = function.ask_modern(function.token("alice"), "server/discover")["result"]
    assert discovered["instructions"] == "The personal task list of the user who is signed in."
    info = discovered["_meta"]["io.modelcontextprotocol/serverInfo"]
    assert (info["name"], info["title"]) == ("tasks", "Tasks")


def test_the_metadata_names_tasks_and_their_scopes(function: Function, event: Event) -> None:
    function.login = authorization_server()
    path = "/.well-known/oauth-protected-resource"
    asked = event("mcp-list-tools") | {"httpMethod": "GET", "body": None, "path": path}
    asked["requestContext"] |= {"domainName": "chat.example.com", "path": path}
    metadata = json.loads(function.send(asked)["body"])
    assert metadata["resource_name"] == "Tasks"
    assert metadata["scopes_supported"] == ["tasks", "tasks:read"]


def test_a_missing_table_setting_is_named_at_startup() -> None:
    with pytest.raises(SettingsError, match="TASKS_TABLE"):
        create_server({}, AwsClients())
